import { parse } from "yaml";
import type { Json } from "../../../contract/json.ts";
import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { readWorkflow } from "../../../workflow/read-workflow.ts";
import type { EffectScope, PublishedEvent } from "../../durable/durable-context.ts";
import { LocalContext } from "../../durable/local-context.ts";
import type { PendingSignal } from "../../durable/local-run.ts";
import { Drained, LeaseLost, Suspended } from "../../durable/release.ts";
import { MemoryJournal } from "../../durable/memory-journal.ts";
import { runWorkflow, type WorkflowOutcome } from "../interpreter/run-workflow.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { ChildOutcome, ChildRequest, WorkflowHost } from "../workflow-host.ts";
import type { WorkflowUpdate } from "../workflow-update.ts";

/** What an endpoint answers to its first, second, … call; to one that is repeated the same. */
export type Answer = (input: Json, call: number) => Json | Promise<Json>;

export interface TrialOptions {
  readonly input?: Json;
  /** Answers of `call: http` by its endpoint. */
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly children?: Readonly<Record<string, (request: ChildRequest) => ChildOutcome>>;
  /** Events that are published when everything waits. */
  readonly events?: readonly Json[];
  /** After how many appends each runner loses the execution. */
  readonly losses?: readonly number[];
  readonly secrets?: Readonly<Record<string, Json>>;
}

export interface Played {
  readonly outcome: WorkflowOutcome;
  /** Endpoints that were called, by key of the effect. */
  readonly effects: ReadonlyMap<string, number>;
  readonly called: readonly string[];
  readonly updates: readonly WorkflowUpdate[];
  readonly journal: MemoryJournal<WorkflowUpdate>;
  /** Milliseconds that passed, in the time of the run. */
  readonly tookMs: number;
}

const startOfTime = 1_700_000_000_000;
const head = "document: {dsl: 1.0.3, namespace: test, name: sample, version: 0.1.0}\n";

/** The definition of these tasks, and what stands beside them. */
export function definitionOf(yaml: string): WorkflowDefinition {
  const { definition, findings } = readWorkflow(parse(head + yaml) as Json);
  if (!definition)
    throw new Error(findings.map(({ pointer, message }) => `${pointer} ${message}`).join("\n"));
  return definition;
}

/** Runs a definition with virtual time, over as many runners as lose it and one that does not. */
export async function play(yaml: string, options: TrialOptions = {}): Promise<Played> {
  return await new Trial(definitionOf(yaml), options).play();
}

class Trial {
  readonly #definition: WorkflowDefinition;
  readonly #options: TrialOptions;
  readonly #effects = new Map<string, number>();
  readonly #called: string[] = [];
  readonly #keysOf = new Map<string, string[]>();
  readonly #updates: WorkflowUpdate[] = [];
  readonly #published: PublishedEvent[] = [];
  readonly #signals: PendingSignal[] = [];
  readonly #children = new Map<string, ChildRequest>();
  #now = startOfTime;
  #journal = new MemoryJournal<WorkflowUpdate>();

  constructor(definition: WorkflowDefinition, options: TrialOptions) {
    this.#definition = definition;
    this.#options = options;
  }

  async play(): Promise<Played> {
    const losses = [...(this.#options.losses ?? [])];
    for (let lease = 0; lease < 1_000; lease++) {
      this.#journal = this.#journal.reopened(losses.shift() ?? Infinity);
      const outcome = await this.#hold();
      this.#updates.push(...this.#journal.batches.flatMap(({ updates }) => [...updates.values()]));
      if (outcome) return this.#played(outcome);
    }
    throw new Error("it never ends");
  }

  #played(outcome: WorkflowOutcome): Played {
    return {
      outcome,
      effects: this.#effects,
      called: this.#called,
      updates: this.#updates,
      journal: this.#journal,
      tookMs: this.#now - startOfTime,
    };
  }

  /** One lease; `undefined` when it ended before the run did. */
  async #hold(): Promise<WorkflowOutcome | undefined> {
    const context = new LocalContext<WorkflowUpdate>({
      executionId: "wex-1",
      recorded: this.#journal.live,
      lastSequence: this.#journal.rows.length,
      signals: this.#signals,
      sink: this.#journal,
      events: { read: async (types, after) => this.#read(types, after) },
      updateName: () => "task",
      clock: () => this.#now,
    });
    try {
      const outcome = await runWorkflow({
        context,
        definition: this.#definition,
        input: this.#options.input ?? {},
        host: this.#host(),
        version: "test",
      });
      await context.end();
      return outcome;
    } catch (thrown) {
      if (thrown instanceof LeaseLost || thrown instanceof Drained) return undefined;
      if (!(thrown instanceof Suspended)) throw thrown;
      try {
        await context.suspend(thrown.suspension);
      } catch (lost) {
        if (lost instanceof LeaseLost) return undefined;
        throw lost;
      }
      this.#goOn(thrown);
      return undefined;
    }
  }

  /** Everything waits: the next thing happens. */
  #goOn({ suspension }: Suspended): void {
    const next = suspension.events && this.#options.events?.[this.#published.length];
    if (next !== undefined) {
      this.#published.push({ id: this.#published.length + 1, event: next });
    } else if (suspension.wakeAtMs !== undefined) {
      this.#now = Math.max(this.#now, suspension.wakeAtMs);
    } else if (suspension.topic === undefined) {
      throw new Error("it waits for an event that never comes");
    }
  }

  #read(types: readonly string[], after: number): PublishedEvent[] {
    return this.#published.filter(
      ({ id, event }) =>
        id > after && types.some((type) => type === "" || (event as { type?: Json }).type === type),
    );
  }

  /** Returns which of the effects on something it is: the same again for an effect that is repeated. */
  #count(key: string, what: string): number {
    this.#effects.set(key, (this.#effects.get(key) ?? 0) + 1);
    this.#called.push(what);
    const keys = this.#keysOf.get(what) ?? [];
    if (!keys.includes(key)) keys.push(key);
    this.#keysOf.set(what, keys);
    return keys.indexOf(key) + 1;
  }

  #host(): WorkflowHost {
    return {
      call: async (call, { scope, effect }) => {
        if (call.kind !== "http") throw new Error(`no ${call.kind} in this trial`);
        const uri = evaluateTemplate(call.with.endpoint.uri, scope) as string;
        const body = call.with.body ? evaluateTemplate(call.with.body, scope) : null;
        const answer = this.#options.answers?.[uri];
        if (!answer)
          throw standardFailure("communication", `nobody answers at ${uri}`, { status: 404 });
        return await answer(body, this.#count(effect.key, uri));
      },
      runProcess: () => Promise.reject(new Error("no processes in this trial")),
      startChild: async (request, effect: EffectScope) => {
        this.#count(effect.key, request.name);
        const id = `child-${effect.key}`;
        if (!this.#children.has(id)) {
          this.#children.set(id, request);
          this.#signals.push({ id: `s-${id}`, topic: `child/${id}`, payload: null });
        }
        return id;
      },
      readChild: async (id) => {
        const request = this.#children.get(id);
        const child = request && this.#options.children?.[request.name];
        if (!child) throw new Error(`no child ${id}`);
        return child(request);
      },
      cancelChild: async () => {},
      emit: async (event, effect) => {
        if (this.#effects.has(effect.key)) return;
        this.#count(effect.key, "emit");
        this.#published.push({ id: this.#published.length + 1, event });
      },
      secrets: async () => this.#options.secrets ?? {},
      validate: async (schema, value) => {
        const wanted = (schema.document as { type?: string }).type;
        return wanted === undefined || typeof value === wanted ? [] : [`is no ${wanted}`];
      },
      clock: () => this.#now,
    };
  }
}
