import { isJsonMap, type Json } from "../../../contract/json.ts";
import { compileSchema } from "../../../json-schema/schema-validator.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import type {
  TrialCall,
  TrialEvent,
  TrialRequest,
} from "../../../workflow/trial/trial-protocol.ts";
import type { PublishedEvent } from "../../durable/durable-context.ts";
import type { PendingSignal } from "../../durable/local-run.ts";
import type { ChildOutcome, WorkflowHost } from "../workflow-host.ts";
import { type Asked, type GivenAnswer, MockBook } from "./mock-book.ts";
import { sentByCall, sentByProcess } from "./sent-request.ts";
import { TrialStopped } from "./trial-stopped.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a world tells whoever runs the workflow. */
export interface WorldWatcher {
  /** An effect happens; called again when a runner repeats it. */
  readonly onEffect: (key: string) => void;
  /** A child ended. */
  readonly onSignal: (signal: PendingSignal) => void;
  readonly onEvent: () => void;
  /** The trial is over before the workflow is. */
  readonly onStop: (stopped: TrialStopped) => void;
}

/** All that a workflow can reach in a trial. It outlives the runners that lose the execution. */
export class TrialWorld {
  readonly calls: TrialCall[] = [];
  readonly emitted: Json[] = [];
  readonly published: PublishedEvent[] = [];
  readonly #request: TrialRequest;
  readonly #time: VirtualTime;
  readonly #watcher: WorldWatcher;
  readonly #mocks: MockBook;
  /** Events without a time, and those with one that did not come yet. */
  readonly #awaited: (TrialEvent & { readonly index: number })[];
  readonly #pending = new Set<number>();
  readonly #children = new Map<string, ChildOutcome>();
  readonly #effects = new Set<string>();

  constructor(request: TrialRequest, time: VirtualTime, watcher: WorldWatcher) {
    this.#request = request;
    this.#time = time;
    this.#watcher = watcher;
    this.#mocks = new MockBook(request.mocks);
    const events = request.events.map((event, index) => ({ ...event, index }));
    this.#awaited = events.filter(({ atMs }) => atMs === undefined);
    for (const { atMs, event, index } of events) {
      if (atMs === undefined) continue;
      this.#pending.add(index);
      time.after(atMs, () => {
        this.#pending.delete(index);
        this.#publish(event);
      });
    }
  }

  get effects(): ReadonlySet<string> {
    return this.#effects;
  }

  get unusedMocks(): MockBook["unused"] {
    return this.#mocks.unused;
  }

  get unusedEvents(): number[] {
    return [...this.#pending, ...this.#awaited.map(({ index }) => index)].toSorted(
      (one, other) => one - other,
    );
  }

  /** Sends the next event that has no time of its own and one of these types; false when there is none. */
  sendAwaited(types: readonly string[]): boolean {
    const at = this.#awaited.findIndex(({ event }) => isOfType(event, types));
    const [next] = at < 0 ? [] : this.#awaited.splice(at, 1);
    if (next) this.#publish(next.event);
    return next !== undefined;
  }

  read(types: readonly string[], after: number): PublishedEvent[] {
    return this.published.filter(({ id, event }) => id > after && isOfType(event, types));
  }

  host(): WorkflowHost {
    return {
      call: async (call, { scope, effect }) => {
        const sent = sentByCall(call, scope);
        const asked = { ...taskOf(scope), what: `call: ${call.kind}`, key: effect.key, sent };
        return await this.#respond(this.#ask(asked), effect.signal);
      },
      runProcess: async (process, _, { scope, effect }) => {
        const sent = sentByProcess(process, scope);
        const asked = { ...taskOf(scope), what: `run: ${process.kind}`, key: effect.key, sent };
        return await this.#respond(this.#ask(asked), effect.signal);
      },
      startChild: async ({ kind, name, version, input, pointer }, { key }) => {
        const what = kind === "agent" ? "call: agent" : "run: workflow";
        const about = kind === "agent" ? { agent: name } : { workflow: name, version };
        const members = isJsonMap(input) ? input : { input };
        const sent = { ...definedOf(about), ...(kind === "agent" ? members : { input }) };
        this.#startChild(key, this.#ask({ ...namedBy(pointer), what, key, sent }));
        return key;
      },
      readChild: async (id) =>
        this.#children.get(id) ?? { kind: "cancelled", reason: "it was not started" },
      cancelChild: async (id, reason) => {
        this.#children.set(id, { kind: "cancelled", reason });
      },
      emit: async (event, { key }) => {
        this.#watcher.onEffect(key);
        if (this.#effects.has(key)) return;
        this.#effects.add(key);
        this.emitted.push(event);
        this.#publish(event);
      },
      secrets: async () => this.#request.secrets,
      validate: async (schema, value) => await problemsOf(schema.document, value),
      clock: this.#time.clock,
    };
  }

  #ask(asked: Asked): GivenAnswer {
    this.#watcher.onEffect(asked.key);
    if (!this.#effects.has(asked.key)) {
      this.#effects.add(asked.key);
      const { task, pointer, sent } = asked;
      const atMs = this.#time.nowMs - this.#request.startMs;
      this.calls.push({ task, pointer, atMs, sent });
    }
    try {
      return this.#mocks.answer(asked);
    } catch (thrown) {
      if (thrown instanceof TrialStopped) this.#watcher.onStop(thrown);
      throw thrown;
    }
  }

  async #respond({ delayMs, output, failure }: GivenAnswer, signal: AbortSignal): Promise<Json> {
    if (delayMs > 0) await this.#time.sleep(delayMs, signal);
    if (failure) throw failure;
    return output;
  }

  #startChild(id: string, { delayMs, output, failure }: GivenAnswer): void {
    if (this.#children.has(id)) return;
    this.#children.set(id, { kind: "cancelled", reason: "it runs" });
    const outcome: ChildOutcome = failure
      ? { kind: "failed", code: failure.code, message: failure.message, details: failure.details }
      : { kind: "completed", output };
    this.#time.after(delayMs, () => {
      this.#children.set(id, outcome);
      this.#watcher.onSignal({ id, topic: `child/${id}`, payload: null });
    });
  }

  #publish(event: Json): void {
    this.published.push({ id: this.published.length + 1, event });
    this.#watcher.onEvent();
  }
}

function isOfType(event: Json, types: readonly string[]): boolean {
  const type = isJsonMap(event) ? event["type"] : undefined;
  return types.some((wanted) => wanted === "" || wanted === type);
}

/** Schemas elsewhere are not fetched in a trial. */
async function problemsOf(schema: Json | undefined, value: Json): Promise<string[]> {
  if (schema === undefined) return [];
  const problems = (await compileSchema(schema))(value);
  return problems.map(({ pointer, message }) =>
    pointer === "" ? message : `${pointer} ${message}`,
  );
}

/** The task of an effect, which its expressions know. */
function taskOf({ variables }: EvaluationScope): { task: string; pointer: string } {
  const { task } = variables;
  const pointer = isJsonMap(task) ? task["reference"] : undefined;
  return namedBy(typeof pointer === "string" ? pointer : "");
}

/** The last member of its pointer is its name. */
function namedBy(pointer: string): { task: string; pointer: string } {
  const name = pointer.slice(pointer.lastIndexOf("/") + 1);
  return { task: name.replaceAll("~1", "/").replaceAll("~0", "~"), pointer };
}

function definedOf(members: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}
