import type { JsonObject } from "@bufbuild/protobuf";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CallOptions, Channel } from "../../src/contract/channel.ts";
import { AgentCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentExecutionCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { AgentExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import type { AgentExecutionStatus } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { pollUntil } from "../../src/system/process-group.ts";
import { readProcessTable } from "../../src/system/process-table.ts";
import { DaemonHome, type StartOptions } from "../support/daemon-home.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

const countingServer = fileURLToPath(new URL("./fixtures/counting-server.ts", import.meta.url));
const waitMs = 60_000;

export interface ScenarioHomeOptions {
  /** Besides where the model is. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Of the agent's model; `openai-compatible` always has its address in `config.yaml`. */
  readonly provider?: "openai-compatible" | "openai";
  /** Other providers whose address stands there. */
  readonly addressOf?: readonly string[];
}

/** A data folder, the model that plays a script for it, and the tools that count their calls. */
export class ScenarioHome implements AsyncDisposable {
  readonly model: ScriptServer;
  readonly #home: DaemonHome;
  readonly #provider: string;

  private constructor(model: ScriptServer, home: DaemonHome, provider: string) {
    this.model = model;
    this.#home = home;
    this.#provider = provider;
  }

  /** @param turns of a script file */
  static async create(
    turns: readonly object[],
    { settings, provider = "openai-compatible", addressOf = [] }: ScenarioHomeOptions = {},
  ): Promise<ScenarioHome> {
    const model = serveModels({ main: turns });
    const addresses = addressOf.map((name) => [
      `providers.${name}.baseUrl`,
      new URL("v1", model.url).href,
    ]);
    const config = configFor(model, { ...settings, ...Object.fromEntries(addresses) });
    return new ScenarioHome(model, await DaemonHome.create(config), provider);
  }

  at(...names: string[]): string {
    return this.#home.at(...names);
  }

  get logTail(): string {
    return this.#home.logTail;
  }

  start(options?: StartOptions): Promise<DaemonProcess> {
    return this.#home.start(options);
  }

  /** Creates the agent and one execution of it. Returns the id of the execution. */
  async execute(
    channel: Channel,
    options: CallOptions = {},
    outputSchema?: JsonObject,
  ): Promise<string> {
    const transport = { case: "stdio", value: this.#toolServer() } as const;
    const counter = { case: "inline", value: { name: "counter", spec: { transport } } } as const;
    await channel.unary(AgentCommandController.method.apply, {
      metadata: { name: "agent", slug: "agent" },
      spec: {
        instructions: "Do as you are told.",
        model: `${this.#provider}/main`,
        mcpServers: [{ server: counter }],
        ...(outputSchema === undefined ? {} : { outputSchema }),
      },
    });
    const execution = await channel.unary(
      AgentExecutionCommandController.method.create,
      { metadata: {}, spec: { agent: "agent", message: "Go." } },
      options,
    );
    return execution.metadata?.id ?? "";
  }

  /** Executed tool calls by id. */
  get calls(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { id } of this.#notes) {
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** Requests at the model, by index of the turn. */
  get requests(): readonly number[] {
    const counts: number[] = [];
    for (const { turn } of this.model.journal.entries) {
      if (turn !== undefined) counts[turn] = (counts[turn] ?? 0) + 1;
    }
    return counts;
  }

  /** What the model was sent last. */
  get lastRequest(): string {
    return JSON.stringify(this.model.journal.entries.at(-1)?.body ?? null);
  }

  /** Runner processes that were ever started, in order. */
  get runners(): readonly number[] {
    return this.facts("runner started").map(({ pid }) => pid);
  }

  /** What the daemon logged under a message. */
  facts(message: string): readonly { readonly pid: number }[] {
    const lines = readJsonLines<{ message: string; pid: number }>(this.at("logs", "daemon.log"));
    return lines.filter((line) => line.message === message);
  }

  /** Tool servers that were ever started. */
  get toolServers(): readonly number[] {
    return [...new Set(this.#notes.map(({ pid }) => pid))];
  }

  /** Tool servers that run now. */
  liveToolServers(): Promise<number[]> {
    return liveAmong(this.toolServers);
  }

  /** Runners and tool servers that run now. */
  liveProcesses(): Promise<number[]> {
    return liveAmong([...this.runners, ...this.toolServers]);
  }

  /** Rejects when the tool is not called in time. */
  async untilCalled(id: string): Promise<void> {
    await this.until(`the call ${id}`, () => this.calls.has(id));
  }

  /** @param what for the message when it does not come */
  async until(what: string, isDone: () => boolean | Promise<boolean>): Promise<void> {
    if (await pollUntil(async () => await isDone(), waitMs)) return;
    throw new Error(`${what} did not come:\n${this.logTail}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
    await this.model[Symbol.asyncDispose]();
  }

  get #notes(): { readonly pid: number; readonly id?: string }[] {
    return readJsonLines(this.#callsFile);
  }

  get #callsFile(): string {
    return this.at("calls.jsonl");
  }

  #toolServer(): { command: string; args: string[] } {
    return { command: process.execPath, args: [countingServer, this.#callsFile] };
  }
}

async function liveAmong(pids: readonly number[]): Promise<number[]> {
  const live = new Set((await readProcessTable()).map(({ pid }) => pid));
  return pids.filter((pid) => live.has(pid));
}

/** Follows an execution to its end. */
export async function followToEnd(
  channel: Channel,
  id: string,
  signal: AbortSignal = AbortSignal.timeout(waitMs),
): Promise<void> {
  const { subscribe } = AgentExecutionQueryController.method;
  for await (const _ of channel.serverStream(subscribe, { id }, { signal }));
}

/** Follows an execution until it is in a phase, and returns its status then. */
export async function followToPhase(
  channel: Channel,
  id: string,
  phase: ExecutionPhase,
): Promise<AgentExecutionStatus> {
  const { subscribe } = AgentExecutionQueryController.method;
  const signal = AbortSignal.timeout(waitMs);
  for await (const { event } of channel.serverStream(subscribe, { id }, { signal })) {
    const status = event.case === "snapshot" ? event.value.status : event.value;
    if (status?.$typeName !== "ai.stigmer.agentic.agentexecution.v1.AgentExecutionStatus") continue;
    if (status.phase === phase) return status;
  }
  throw new Error(`${id} ended and was never ${ExecutionPhase[phase]}`);
}

export async function cancelExecution(channel: Channel, id: string): Promise<void> {
  const { cancel } = AgentExecutionCommandController.method;
  await channel.unary(cancel, { id, reason: "enough" });
}

/** The values of a file of one JSON a line; none when it is not there. A last line may be half written. */
export function readJsonLines<Line>(path: string): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}
