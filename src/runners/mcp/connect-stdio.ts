import { stat } from "node:fs/promises";
import { StigmerError, messageOf } from "../../contract/errors.ts";
import { childEnvironment } from "../child-environment.ts";
import type { McpConnection, RequestFailure } from "./connection.ts";
import { translateNpx } from "./npx-command.ts";
import { isTimeout } from "./interruption.ts";
import { openClient } from "./open-client.ts";
import type { McpHost, StdioServer } from "./server-definition.ts";
import type { ChildCommand, ChildReport } from "./stdio-transport.ts";
import { StdioTransport } from "./stdio-transport.ts";

/**
 * Starts a server as a child process and shakes hands with it.
 *
 * @throws StigmerError `refused` or `invalid-argument` for its environment, `failed-precondition`
 *   when it cannot be started, `unavailable` when it ends, `deadline-exceeded` when it is silent,
 *   `cancelled` when the signal aborts
 */
export async function connectStdio(
  name: string,
  server: StdioServer,
  host: McpHost,
  signal: AbortSignal,
): Promise<McpConnection> {
  const transport = new StdioTransport(await planChild(name, server, host));
  const lost = new AbortController();
  const subject = `MCP server "${name}" (${server.command})`;
  try {
    const setup = { serverName: name, mode: "legacy", onClose: () => lost.abort() } as const;
    const client = await openClient(transport, setup, host, signal);
    return {
      client,
      lost: lost.signal,
      pids: () => (transport.pid === undefined ? [] : [transport.pid]),
      explain: (thrown) => explainRequest(thrown, subject, name, transport.report()),
      [Symbol.asyncDispose]: () => transport.close(),
    };
  } catch (thrown) {
    // Before the child is ended by us, so that the report tells how it was.
    const report = transport.report();
    await transport.close();
    if (signal.aborted) throw new StigmerError("cancelled", `${subject} was not waited for`);
    throw connectError({ subject, name, report, thrown }, host);
  }
}

async function planChild(name: string, server: StdioServer, host: McpHost): Promise<ChildCommand> {
  const cwd = server.cwd;
  if (cwd !== undefined) await checkFolder(name, cwd);
  const declared = childEnvironment(`MCP server "${name}"`, server.env, host);
  const path = declared["PATH"] ?? "";
  const { command, args, env } = translateNpx({ name, ...server }, host, path);
  const found = Bun.which(command, { PATH: path, ...(cwd === undefined ? {} : { cwd }) });
  if (found === null) throw missingCommand(name, command, path);
  return { path: found, args, cwd, env: { ...declared, ...env } };
}

async function checkFolder(name: string, cwd: string): Promise<void> {
  const isFolder = await stat(cwd).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new StigmerError(
    "failed-precondition",
    `MCP server "${name}" cannot start: its cwd ${cwd} is not a folder`,
    { hint: `create the folder or change cwd, then: ${tryAgain(name)}` },
  );
}

function missingCommand(name: string, command: string, path: string): StigmerError {
  const isPath = command.includes("/");
  return new StigmerError(
    "failed-precondition",
    isPath
      ? `MCP server "${name}" cannot start: ${command} does not exist or is not executable`
      : `MCP server "${name}" cannot start: there is no command ${command} on PATH (${path})`,
    { hint: `install ${command} or change command, then: ${tryAgain(name)}` },
  );
}

interface ConnectFailure {
  readonly subject: string;
  readonly name: string;
  readonly report: ChildReport;
  readonly thrown: unknown;
}

function connectError(failure: ConnectFailure, host: McpHost): StigmerError {
  const { subject, name, report, thrown } = failure;
  const details = { hint: `fix the command, then: ${tryAgain(name)}`, cause: thrown };
  const evidence = describeOutput(report);
  if (report.failure !== undefined) return limitError(subject, report.failure);
  if (report.exit !== undefined) {
    const message = `${subject} ended before it was ready: ${describeExit(report)}${evidence}`;
    return new StigmerError("unavailable", message, details);
  }
  if (isStartError(thrown)) {
    const message = `${subject} cannot start: ${messageOf(thrown)}`;
    return new StigmerError("failed-precondition", message, details);
  }
  if (isTimeout(thrown)) {
    const message = `${subject} did not answer within ${host.connectTimeoutMs} ms${evidence}`;
    return new StigmerError("deadline-exceeded", message, details);
  }
  const message = `${subject} did not shake hands: ${messageOf(thrown)}${evidence}`;
  return new StigmerError("incompatible", message, details);
}

function explainRequest(
  thrown: unknown,
  subject: string,
  name: string,
  report: ChildReport,
): RequestFailure {
  if (report.failure !== undefined) {
    // The connection is gone here too, but a new one would bring the same answer.
    return { lost: false, mayHaveRun: true, error: limitError(subject, report.failure) };
  }
  const details = { hint: `look at the server with: ${tryAgain(name)}`, cause: thrown };
  if (report.exit !== undefined) {
    const message = `${subject} ended: ${describeExit(report)}${describeOutput(report)}`;
    const error = new StigmerError("unavailable", message, details);
    return { lost: true, mayHaveRun: true, error };
  }
  const message = `${subject} did not answer as the protocol asks: ${messageOf(thrown)}`;
  const error = new StigmerError("incompatible", message, details);
  return { lost: false, mayHaveRun: true, error };
}

function limitError(subject: string, failure: Error): StigmerError {
  return new StigmerError("limit-reached", `${subject} was ended: ${failure.message}`, {
    hint: "ask the server for less at a time",
    cause: failure,
  });
}

function describeExit({ exit }: ChildReport): string {
  return exit?.signal ? `signal ${exit.signal}` : `exit code ${exit?.code ?? "unknown"}`;
}

/** What it printed, as the rest of a sentence; empty when it printed nothing. */
function describeOutput({ noise, stderr }: ChildReport): string {
  const parts = [];
  if (noise !== undefined) {
    parts.push(`; its stdout is no MCP: the first line was ${JSON.stringify(noise)}`);
  }
  if (stderr !== "") parts.push(`\nThe end of its stderr:\n${stderr}`);
  return parts.join("");
}

/** The system's own errors carry a code such as EACCES or E2BIG and the failed call. */
function isStartError(thrown: unknown): boolean {
  return thrown instanceof Error && "syscall" in thrown;
}

function tryAgain(name: string): string {
  return `stigmer mcp tools ${name}`;
}
