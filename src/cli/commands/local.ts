import { toJson } from "@bufbuild/protobuf";
import {
  type HistoryInfo,
  type InfoResponse,
  InfoResponseSchema,
  SystemQueryController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { openAccessToken, rotateAccessToken } from "../../system/access-token.ts";
import { openDataFolder } from "../../system/data-folder.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { connectOrStart, notRunning } from "../connect/connect-or-start.ts";
import { daemonLogFile, lastLines } from "../connect/daemon-log-tail.ts";
import { elsewhereNotice } from "../connect/elsewhere-notice.ts";
import { followFile } from "../connect/follow-file.ts";
import { openChannel } from "../connect/open-channel.ts";
import { runForeground } from "../connect/run-foreground.ts";
import { stopDaemon } from "../connect/stop-daemon.ts";
import type { Invocation } from "../invocation.ts";
import { itemOutput, textOutput } from "../output/item-output.ts";
import type { Output, View } from "../output/output.ts";
import { elapsedText, timeText } from "../output/time-text.ts";
import { count } from "../output/usage-text.ts";

export async function startLocal(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const port = invocation.integer("port");
  if (invocation.enabled("foreground")) return { exitCode: await runForeground(context, port) };
  const running = await openChannel(context.folder, context.signal);
  if (running) {
    running.channel[Symbol.dispose]();
    context.terminal.notice("It runs already.");
    if (port !== undefined)
      context.terminal.notice(`Another port: stigmer local restart --port ${port}`);
    return { output: await infoOutput(context) };
  }
  return await start(context, port);
}

export async function stopLocal(
  _invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const startedAt = performance.now();
  const stopped = await stopDaemon(context);
  if (!stopped) return { output: textOutput("no daemon runs\n", { stopped: false }) };
  const { pid, openExecutions } = stopped;
  if (openExecutions > 0) {
    context.terminal.say(`Open executions, which go on at the next start: ${openExecutions}`);
  }
  const took = elapsedText(performance.now() - startedAt);
  return {
    output: textOutput(`daemon stopped (pid ${pid}, ${took})\n`, {
      stopped: true,
      pid,
      openExecutions,
    }),
  };
}

export async function restartLocal(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  await stopDaemon(context);
  return await start(context, invocation.integer("port"));
}

export async function localStatus(
  _invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return { output: await infoOutput(context) };
}

/** The log as it stands in its file; with `--follow` as it grows, until the command is interrupted. */
export async function localLogs(
  invocation: Invocation,
  { folder, terminal, signal, interruption }: CommandContext,
): Promise<CommandResult> {
  const path = daemonLogFile(folder);
  const text = lastLines(path, invocation.integer("lines") ?? 100).map((line) => `${line}\n`);
  if (!invocation.enabled("follow")) {
    if (text.length === 0) terminal.notice(`Nothing is logged yet in ${path}.`);
    return {
      output: textOutput(text.join(""), { path, lines: text.map((line) => line.trimEnd()) }),
    };
  }
  const added = followFile(path, signal);
  await terminal.data(text.join(""));
  for await (const chunk of added) await terminal.data(chunk);
  if (interruption.received === undefined) signal.throwIfAborted();
  return { exitCode: interruption.exitCode ?? 0 };
}

export async function localToken(
  invocation: Invocation,
  { folder, environment }: CommandContext,
): Promise<CommandResult> {
  const { runtimeFolder } = environment;
  const { token: path } = openDataFolder({ home: folder.home, runtimeFolder });
  const token = invocation.enabled("rotate") ? rotateAccessToken(path) : openAccessToken(path);
  return { output: textOutput(`${token}\n`, { token, path }) };
}

async function start(context: CommandContext, port: number | undefined): Promise<CommandResult> {
  const { folder, variables, signal, terminal } = context;
  const startedAt = performance.now();
  terminal.progress("Starting the daemon …");
  const { channel } = await connectOrStart({ folder, variables, signal, mayStart: true, port });
  const took = elapsedText(performance.now() - startedAt);
  channel[Symbol.dispose]();
  terminal.notice(`The daemon is ready after ${took}.`);
  return { output: await infoOutput(context) };
}

/** @throws StigmerError `unavailable` when no daemon runs. */
async function infoOutput(context: CommandContext): Promise<Output> {
  const { folder, signal, terminal } = context;
  await elsewhereNotice(context);
  const connected = await openChannel(folder, signal);
  if (!connected) throw notRunning();
  using channel = connected.channel;
  const options = { signal, timeoutMs: 5_000 };
  const info = await channel.unary(SystemQueryController.method.info, {}, options);
  for (const warning of info.warnings) terminal.warn(warning);
  return itemOutput(infoView, info);
}

const infoView: View<InfoResponse> = {
  name: ({ pid }) => String(pid),
  json: (info) => toJson(InfoResponseSchema, info),
  columns: [
    { title: "PID", value: ({ pid }) => String(pid) },
    { title: "VERSION", value: ({ version, buildId }) => `${version} (${buildId})` },
    { title: "STARTED", value: ({ startedAt }) => timeText(startedAt) },
    { title: "HOME", value: ({ home }) => home },
    { title: "ADDRESSES", value: ({ addresses }) => addresses.join("\n") },
    { title: "EXECUTIONS", value: ({ openExecutions }) => `${openExecutions} open` },
    {
      title: "RUNNERS",
      value: ({ runners }) =>
        runners.map(({ pid, executionId }) => `${pid} ${executionId || "idle"}`).join("\n"),
    },
    { title: "MEMORY", value: ({ memoryBytes }) => megabytes(memoryBytes) },
    { title: "DATABASE", value: ({ databaseBytes }) => megabytes(databaseBytes) },
    { title: "HISTORY", value: ({ history }) => historyText(history) },
    { title: "READ ONLY", value: ({ readOnlyReason }) => readOnlyReason },
  ],
};

function historyText(history: HistoryInfo | undefined): string {
  if (!history || history.executions === 0n) return "none";
  const since = history.oldestEndedAt ? ` since ${timeText(history.oldestEndedAt)}` : "";
  return `${count(Number(history.executions))} executions, ${megabytes(history.bytes)}${since}`;
}

function megabytes(bytes: bigint): string {
  return `${count(Math.round(Number(bytes) / 104_857.6) / 10)} MB`;
}
