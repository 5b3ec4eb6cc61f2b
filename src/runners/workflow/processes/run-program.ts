import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { messageOf } from "../../../contract/errors.ts";
import { formatByteSize } from "../../../system/byte-size.ts";
import { systemCodeOf } from "../../../system/file-error.ts";
import { endProcessGroup } from "../../../system/process-group.ts";
import { waitAtMost } from "../../mcp/wait-at-most.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { Program } from "./program.ts";

export interface ProgramResult {
  /** The exit code; 128 and the number of the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunLimits {
  /** Of each of its two outputs. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** TERM, and KILL for what is left: a cancelled program is gone within a second. */
const grace = { termMs: 500, killMs: 300 };
/** For what is still in the pipes once nobody writes to them any more. */
const drainMs = 2000;

/**
 * Runs a program to its end, and ends whatever it started and left behind.
 *
 * @throws WorkflowFailure configuration when it cannot be started, runtime when it writes too much;
 *   what the signal was aborted with
 */
export async function runProgram(program: Program, limits: RunLimits): Promise<ProgramResult> {
  limits.signal.throwIfAborted();
  const child = await startProgram(program);
  const stop = new AbortController();
  const outputs = [child.stdout, child.stderr].map((stream) =>
    collect(stream, limits.maxBytes, stop),
  );
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, "close");
  const ended = AbortSignal.any([limits.signal, stop.signal]);
  const end = (): void => void endProcessGroup(child.pid ?? 0, grace);
  ended.addEventListener("abort", end, { once: true });
  if (ended.aborted) end();
  writeInput(child, program.stdin);
  const [code, signal] = await exited;
  ended.removeEventListener("abort", end);
  // What it left in the background goes with it.
  await endProcessGroup(child.pid ?? 0, grace);
  await waitAtMost(closed, drainMs);
  child.stdout?.destroy();
  child.stderr?.destroy();
  ended.throwIfAborted();
  const [stdout = "", stderr = ""] = outputs.map((output) => output());
  return { code: code ?? 128 + (signal ? constants.signals[signal] : 0), stdout, stderr };
}

async function startProgram({ path, args, env, cwd, stdin }: Program): Promise<ChildProcess> {
  try {
    // A group of its own, so that one signal reaches everything it starts.
    const child = spawn(path, args, {
      cwd,
      env,
      detached: true,
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    await once(child, "spawn");
    return child;
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    const hint = code === "E2BIG" ? "; pass long values with stdin" : "";
    throw standardFailure(
      "configuration",
      `${path} cannot be started in ${cwd} (${code ?? messageOf(thrown)})${hint}`,
    );
  }
}

/** A program may end without reading its input. */
function writeInput(child: ChildProcess, stdin: string | undefined): void {
  child.stdin?.on("error", () => child.stdin?.destroy());
  child.stdin?.end(stdin);
}

function collect(
  stream: NodeJS.ReadableStream | null,
  maxBytes: number,
  stop: AbortController,
): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else stop.abort(standardFailure("runtime", tooMuch(maxBytes)));
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function tooMuch(maxBytes: number): string {
  return `the program wrote more than ${formatByteSize(maxBytes)}; write it to a file, or raise the setting calls.maxResponseBytes`;
}
