import { StigmerError, toStigmerError } from "../contract/errors.ts";
import { type DataFolder, dataFolderAt } from "../system/data-folder.ts";
import {
  type CallerEnvironment,
  callerEnvironment,
  dataHome,
  processVariables,
} from "../system/environment.ts";
import type { CommandContext } from "./command-context.ts";
import type { CommandResult } from "./command-result.ts";
import { readConfiguredPreferences } from "./configured-preferences.ts";
import { DaemonConnection } from "./connect/daemon-connection.ts";
import { Standalone } from "./connect/standalone.ts";
import { Deadline, defaultDeadlineMs } from "./deadline.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { timeoutLimitMs, waitLimitMs } from "./execute/turn-limits.ts";
import { findCommand, type FoundCommand } from "./find-command.ts";
import { commandHelp, groupHelp, rootHelp } from "./help.ts";
import { Interruption } from "./interruption.ts";
import type { CommandSpec } from "./command-spec.ts";
import type { Invocation } from "./invocation.ts";
import { compileJsonFilter, type JsonFilter } from "./output/json-filter.ts";
import { renderOutput } from "./output/render-output.ts";
import { asksForHelp, parseCommandLine } from "./parse-command-line.ts";
import { CurrentProject } from "./project/current-project.ts";
import { type Preferences, readPreferences } from "./preferences.ts";
import { Terminal } from "./terminal.ts";

const flushMs = 1_000;

/** Runs the command that the words name and returns the exit code. Never throws. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const variables = processVariables();
  const environment = callerEnvironment(variables);
  const project = CurrentProject.ofWorkingFolder(variables);
  const configured = await readConfiguredPreferences(variables, project);
  const preferences = readPreferences(words, environment, configured.preferences);
  const terminal = new Terminal(process, preferences, environment);
  for (const problem of configured.problems) terminal.warn(problem);
  const exitCode = await answer({ words, environment, preferences, terminal, project });
  const { projectProblem } = configured;
  if (projectProblem !== undefined && !project.isUsed) terminal.warn(projectProblem);
  await Promise.race([terminal.flush(), Bun.sleep(flushMs)]);
  return terminal.failure === undefined ? exitCode : await reportLoss(terminal, exitCode);
}

/** Data was lost. What failed before it stays the reason. */
async function reportLoss(terminal: Terminal, exitCode: number): Promise<number> {
  if (terminal.failure) terminal.error(terminal.failure);
  await Promise.race([terminal.flush(), Bun.sleep(flushMs)]);
  return exitCode === exitCodes.done ? exitCodes.failed : exitCode;
}

interface Request {
  readonly words: readonly string[];
  readonly environment: CallerEnvironment;
  readonly project: CurrentProject;
  readonly preferences: Preferences;
  readonly terminal: Terminal;
}

async function answer(request: Request): Promise<number> {
  const { terminal, words } = request;
  try {
    const found = findCommand(words);
    if (found.kind !== "command") return await answerWithHelp(found, terminal);
    if (asksForHelp(found.rest)) {
      await terminal.data(commandHelp(found.command, helpWidth(terminal)));
      return exitCodes.done;
    }
    return await runInvocation(parseCommandLine(found.command, found.rest), request);
  } catch (thrown) {
    return report(toStigmerError(thrown), terminal);
  }
}

/** `stigmer` and `stigmer agent`: help was asked for, or a command is missing. */
async function answerWithHelp(
  found: Exclude<FoundCommand, { kind: "command" }>,
  terminal: Terminal,
): Promise<number> {
  const width = helpWidth(terminal);
  const unknown = found.rest.find((word) => word !== "--help" && word !== "-h");
  if (unknown !== undefined && !asksForHelp(found.rest)) {
    const scope = found.kind === "root" ? "stigmer" : `stigmer ${found.group.name}`;
    throw new StigmerError("usage", `A command is missing before ${unknown}.`, {
      hint: `${scope} --help`,
    });
  }
  await terminal.data(found.kind === "root" ? rootHelp(width) : groupHelp(found.group, width));
  return found.kind === "root" || asksForHelp(found.rest) ? exitCodes.done : exitCodes.usage;
}

async function runInvocation(
  invocation: Invocation<CommandSpec>,
  request: Request,
): Promise<number> {
  const { terminal } = request;
  using interruption = new Interruption();
  const limit = timeLimitOf(invocation, terminal);
  using deadline = new Deadline(limit.afterMs);
  const ends = [interruption.signal, terminal.closed];
  const signal = AbortSignal.any([...ends, ...deadlineSignals(limit, deadline)]);
  return await Promise.race([
    runHandler(invocation, request, { interruption, signal }),
    interruption.forced,
    deadline.overrun.then((error) =>
      limit.kind === "wait" ? exitCodes.stillRunning : report(error, terminal),
    ),
  ]);
}

async function runHandler(
  invocation: Invocation<CommandSpec>,
  request: Request,
  ends: { readonly interruption: Interruption; readonly signal: AbortSignal },
): Promise<number> {
  const { terminal, preferences, environment, project } = request;
  const { interruption, signal } = ends;
  const variables = processVariables();
  try {
    await using standalone = await Standalone.of(invocation);
    const located = {
      // Found when it is asked for: some commands need none, and have to work without a home.
      get folder(): DataFolder {
        const { runtimeFolder } = environment;
        if (standalone) return standalone.folder;
        return dataFolderAt({ home: dataHome(variables), runtimeFolder });
      },
    };
    await using daemon = new DaemonConnection({
      located,
      variables,
      signal,
      terminal,
      mayStart: !invocation.enabled("no-start"),
      standalone,
      context: invocation.text("context"),
    });
    const filter = await jsonFilterOf(invocation, preferences);
    const handler = await invocation.command.load();
    const parts = { terminal, preferences, project, environment, variables, ...ends, daemon };
    const context: CommandContext = Object.assign(located, parts);
    const result = await handler(invocation, context);
    await print(result, request, filter);
    return result.exitCode ?? exitCodes.done;
  } catch (thrown) {
    if (terminal.closed.aborted) return exitCodes.done;
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    return report(reasonOf(thrown, signal), terminal);
  }
}

/** What `--jq` makes of the result. Refused before the command does anything. */
async function jsonFilterOf(
  invocation: Invocation<CommandSpec>,
  { format }: Preferences,
): Promise<JsonFilter | undefined> {
  const expression = invocation.text("jq");
  if (expression === undefined) return undefined;
  if (format === "json") return await compileJsonFilter(expression);
  throw new StigmerError("usage", `--jq filters JSON, and the output is ${format}.`, {
    hint: "leave out --output",
  });
}

async function print(
  result: CommandResult,
  { terminal, preferences }: Request,
  filter: JsonFilter | undefined,
): Promise<void> {
  if (result.output && filter) {
    await terminal.data(filter(result.output.json()));
  } else if (result.output) {
    await terminal.data(renderOutput(result.output, preferences.format, terminal.style));
  }
  if (result.next !== undefined) terminal.notice(result.next);
}

/** A call that ended because our own deadline cancelled it failed by that deadline. */
function reasonOf(thrown: unknown, signal: AbortSignal): StigmerError {
  const error = toStigmerError(thrown);
  const isOurs = error.code === "cancelled" || error.code === "internal";
  return signal.aborted && isOurs ? toStigmerError(signal.reason) : error;
}

function report(error: StigmerError, terminal: Terminal): number {
  terminal.error(error);
  return exitCodeOf[error.code];
}

/** `deadline`: the command is told when it comes. Otherwise it keeps the time itself. */
interface TimeLimit {
  readonly kind: "deadline" | "timeout" | "wait";
  readonly afterMs: number | undefined;
}

function timeLimitOf(invocation: Invocation<CommandSpec>, terminal: Terminal): TimeLimit {
  const { deadline = defaultDeadlineMs } = invocation.command;
  if (deadline !== "own") {
    const afterMs = deadline === "none" ? undefined : deadline;
    return { kind: "deadline", afterMs: invocation.durationMs("timeout") ?? afterMs };
  }
  const timeoutMs = timeoutLimitMs(invocation, terminal);
  const waitMs = waitLimitMs(invocation, terminal);
  const isWait = waitMs !== undefined && waitMs < (timeoutMs ?? Infinity);
  return isWait ? { kind: "wait", afterMs: waitMs } : { kind: "timeout", afterMs: timeoutMs };
}

/** When the command is told that its time is over. */
function deadlineSignals({ kind }: TimeLimit, deadline: Deadline): AbortSignal[] {
  if (kind === "wait") return [];
  return [kind === "deadline" ? deadline.signal : deadline.unnoticed];
}

function helpWidth(terminal: Terminal): number {
  return Math.min(terminal.style.width ?? 100, 100);
}
