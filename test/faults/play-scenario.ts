import { fileURLToPath } from "node:url";
import type { Channel } from "../../src/contract/channel.ts";
import { toStigmerError } from "../../src/contract/errors.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { type FaultPlan, faultPlanVariable, type FaultRecord, type Kill } from "./fault-plan.ts";
import { journalOf, type RunSummary, summarize } from "./run-summary.ts";
import type { Scenario } from "./scenario.ts";
import { cancelExecution, followToEnd, readJsonLines, ScenarioHome } from "./scenario-home.ts";

export interface PlayOptions {
  readonly kills?: readonly Kill[];
  /** Loaded below the one that kills: they stand for a defect. */
  readonly preloads?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** All that is known of a run after its end. */
export interface Played {
  readonly summary: RunSummary;
  /** How many were asked for. */
  readonly kills: number;
  /** Rows of the journal, in order. */
  readonly journal: readonly string[];
  /** What was stored and who was killed, in order. */
  readonly log: readonly FaultRecord[];
  /** Requests at the model, by index of the turn. */
  readonly requests: readonly number[];
  /** What the model was sent last. */
  readonly lastRequest: string;
  /** Executed tool calls by id. */
  readonly calls: ReadonlyMap<string, number>;
}

const playTimeoutMs = 60_000;
const killAt = fileURLToPath(new URL("./preloads/kill-at.ts", import.meta.url));

/** Runs a scenario to its end in a home of its own; a daemon that is killed is started again. */
export async function play(scenario: Scenario, options: PlayOptions = {}): Promise<Played> {
  await using home = await ScenarioHome.create(scenario.turns);
  return await new RunningScenario(scenario, home, options).play();
}

class RunningScenario {
  readonly #scenario: Scenario;
  readonly #home: ScenarioHome;
  readonly #options: PlayOptions;
  readonly #deadline = AbortSignal.timeout(playTimeoutMs);
  #daemon: Promise<DaemonProcess> | undefined;

  constructor(scenario: Scenario, home: ScenarioHome, options: PlayOptions) {
    this.#scenario = scenario;
    this.#home = home;
    this.#options = options;
  }

  async play(): Promise<Played> {
    const { kills = [] } = this.#options;
    const plan: FaultPlan = { kills, log: this.#home.at("faults.jsonl") };
    await Bun.write(this.#home.at("plan.json"), JSON.stringify(plan));
    try {
      const id = await this.#ask((channel) =>
        this.#home.execute(channel, {}, this.#scenario.outputSchema),
      );
      const cancelled = this.#cancelInTime(id);
      await this.#ask((channel) => followToEnd(channel, id, this.#deadline));
      await cancelled;
      return await this.#ask((channel) => this.#report(channel, id));
    } catch (cause) {
      throw new Error(`${JSON.stringify(kills)} did not end:\n${this.#home.logTail}`, { cause });
    }
  }

  /** Asks the daemon that runs; one that is killed meanwhile is started again and asked again. */
  async #ask<Answer>(question: (channel: Channel) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const asked = this.#liveDaemon();
      // oxlint-disable-next-line no-await-in-loop -- one daemon after the other
      const daemon = await asked;
      try {
        // oxlint-disable-next-line no-await-in-loop -- see above
        return await question(daemon.channel);
      } catch (thrown) {
        this.#deadline.throwIfAborted();
        if (toStigmerError(thrown).code !== "unavailable") throw thrown;
        // oxlint-disable-next-line no-await-in-loop -- see above
        await daemon.exited;
        if (this.#daemon === asked) this.#daemon = undefined;
      }
    }
  }

  /** The one that runs, or the next. */
  #liveDaemon(): Promise<DaemonProcess> {
    const { preloads = [], variables } = this.#options;
    this.#daemon ??= this.#home.start({
      preloads: [...preloads, killAt],
      variables: { ...variables, [faultPlanVariable]: this.#home.at("plan.json") },
    });
    return this.#daemon;
  }

  async #cancelInTime(id: string): Promise<void> {
    const { cancelDuring } = this.#scenario;
    if (cancelDuring === undefined) return;
    const { call, turn } = cancelDuring;
    const isTime = (): boolean => this.#home.calls.has(call) || Boolean(this.#home.requests[turn]);
    await this.#home.until(`the call ${call}`, isTime);
    await this.#ask((channel) => cancelExecution(channel, id));
  }

  async #report(channel: Channel, id: string): Promise<Played> {
    const { requests, lastRequest, calls } = this.#home;
    return {
      summary: await summarize(channel, id),
      kills: this.#options.kills?.length ?? 0,
      journal: journalOf(this.#home.at("data", "stigmer.db"), id),
      log: readJsonLines<FaultRecord>(this.#home.at("faults.jsonl")),
      requests,
      lastRequest,
      calls,
    };
  }
}
