import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import {
  type AgentMessage,
  AgentMessageSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { AgentExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import { lentProviders } from "./lent-providers.ts";
import { conflictOf } from "../store/conflict.ts";
import type { Store } from "../store/store.ts";
import type { ExecutionRow } from "../store/tables/execution-table.ts";
import { type EventSources, executionEvents } from "./execution-events.ts";
import { idsOf } from "./ids-of.ts";
import { resolveResource } from "./references.ts";
import type { ResourceService, WriteContext } from "./resource-service.ts";
import { type LentToExecution, startExecution } from "./start-execution.ts";
import { fromRow } from "./stored-resource.ts";

export interface AgentExecutionsOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly sessions: ResourceService;
  readonly events: EventSources;
  /** Bytes that the files of one message may have together. */
  readonly maxAttachmentBytes: () => Promise<number>;
}

const kind = kindOf(ApiResourceKind.AGENT_EXECUTION);

/** Messages of a page when the caller does not say. */
const defaultPageSize = 50;

/** What executions of agents can do besides being resources. */
export class AgentExecutions {
  readonly #options: AgentExecutionsOptions;
  readonly #newId = idsOf(kind);

  constructor(options: AgentExecutionsOptions) {
    this.#options = options;
  }

  /** Starts an execution; see {@link startExecution}. */
  async create(
    sent: AgentExecution,
    context: WriteContext,
    lent: LentToExecution,
  ): Promise<AgentExecution> {
    return await startExecution({ ...this.#options, newId: this.#newId }, sent, context, lent);
  }

  get(name: string): AgentExecution {
    return fromRow(kind, resolveResource(this.#options.store.read, kind, name)) as AgentExecution;
  }

  /** Ends at once what no runner ever had; asks the runner of anything else. */
  async cancel(name: string, reason: string): Promise<AgentExecution> {
    const { store } = this.#options;
    const id = this.get(name).metadata?.id ?? name;
    const row = await store.write("requestCancel", {
      id,
      reason: reason || "cancelled by the user",
    });
    if (row.state === "ready" && row.lastSeq === 0) await this.endUnstarted(row);
    return this.get(id);
  }

  /**
   * Wakes an execution that waits for a key of one of these providers. One that is about to wait
   * finds the signal when it does.
   */
  async wakeForCredentials(name: string, providers: readonly string[]): Promise<AgentExecution> {
    const id = this.get(name).metadata?.id ?? name;
    await Promise.all(providers.map((provider) => this.#supply(id, provider)));
    return this.get(id);
  }

  /** Wakes every execution that waits, or may be about to wait, for a key of this provider. Returns how many waited. */
  async wakeAllForCredential(provider: string): Promise<number> {
    const { store } = this.#options;
    let woken = 0;
    let cursor: string | undefined;
    do {
      const page = store.read.list({
        kinds: [kind.number],
        phases: [ExecutionPhase.EXECUTION_RUNNING, ExecutionPhase.EXECUTION_WAITING],
        pageSize: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const ids = page.items.flatMap((item) => (item.kind === "intact" ? [item.row.id] : []));
      // oxlint-disable-next-line no-await-in-loop -- page after page
      const waited = await Promise.all(ids.map((id) => this.#supply(id, provider)));
      woken += waited.filter(Boolean).length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return woken;
  }

  subscribe(
    name: string,
    afterSequence: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<AgentExecutionEvent, void, undefined> {
    const executionId = this.get(name).metadata?.id ?? name;
    const snapshot = (): AgentExecution => this.get(executionId);
    return executionEvents(this.#options.events, { executionId, afterSequence, snapshot, signal });
  }

  listMessages(
    name: string,
    pageSize: number,
    pageToken: string,
  ): { items: AgentMessage[]; nextPageToken: string } {
    const id = this.get(name).metadata?.id ?? name;
    const after = pageToken === "" ? 0 : parsePageToken(pageToken);
    const size = pageSize || defaultPageSize;
    const items = this.#options.store.read.messages(id, after, size + 1).map((item) => {
      if (item.kind === "corrupt") throw item.error;
      return fromBinary(AgentMessageSchema, item.row.body);
    });
    const page = items.slice(0, size);
    return {
      items: page,
      nextPageToken: items.length > page.length ? String(page.at(-1)?.sequence) : "",
    };
  }

  /**
   * Ends an execution in the daemon's own name: one that never started, or whose runners always die.
   *
   * @param expectedSeq refuses with `conflict` when its journal goes on behind this
   */
  async endByDaemon(
    id: string,
    phase: ExecutionPhase,
    error: { code: string; message: string; hint: string },
    expectedSeq: number | null = null,
  ): Promise<void> {
    const { store, clock } = this.#options;
    const execution = this.#readable(id);
    if (!execution) return await this.#endDamaged(id);
    const status = (execution.status ??= create(AgentExecutionStatusSchema));
    const atMs = clock();
    status.phase = phase;
    status.endedAt = timestampFromMs(atMs);
    status.error = { $typeName: "ai.stigmer.commons.execution.v1.ExecutionError", ...error };
    delete status.waiting;
    const event = create(AgentExecutionEventSchema, { event: { case: "status", value: status } });
    await store.write("append", {
      executionId: id,
      fencingToken: null,
      expectedSeq,
      at: atMs,
      entries: [
        {
          type: JournalEntryType.EVENT,
          key: "status@daemon",
          at: atMs,
          payload: toBinary(AgentExecutionEventSchema, event),
        },
      ],
      resourceBody: toBinary(AgentExecutionSchema, execution),
      phase,
      next: { kind: "end" },
    });
  }

  #readable(id: string): AgentExecution | undefined {
    try {
      return this.get(id);
    } catch (thrown) {
      const { code } = toStigmerError(thrown);
      if (code === "data-loss" || code === "not-found") return undefined;
      throw thrown;
    }
  }

  /** Its resource cannot be read, so it cannot be changed either: nobody tries to run it again. */
  async #endDamaged(executionId: string): Promise<void> {
    const { store, clock } = this.#options;
    const base = { executionId, fencingToken: null, expectedSeq: null, entries: [] };
    await store.write("append", { ...base, at: clock(), next: { kind: "end" } });
  }

  /** Ends what was cancelled before a runner recorded anything. */
  async endUnstarted({ id, cancelReason }: ExecutionRow): Promise<void> {
    const error = { code: "cancelled", message: cancelReason ?? "cancelled", hint: "" };
    try {
      await this.endByDaemon(id, ExecutionPhase.EXECUTION_CANCELLED, error, 0);
    } catch (thrown) {
      // A runner was faster and is told; or it was cancelled twice, and ended once.
      const isOver = this.#options.store.read.execution(id)?.state === "ended";
      if (!isOver && conflictOf(thrown) === undefined) throw thrown;
    }
  }

  /** Tells an execution that was lent a key of this provider that there is one. True when it waited for it. */
  async #supply(executionId: string, provider: string): Promise<boolean> {
    const { store, clock } = this.#options;
    const row = store.read.execution(executionId);
    if (row === undefined || row.state === "ended") return false;
    const topic = `credential/${provider}`;
    if (
      !lentProviders(row).includes(provider) ||
      store.read.pendingSignals(executionId, topic).length > 0
    )
      return false;
    const payload = new TextEncoder().encode("{}");
    try {
      await store.write("signal", { executionId, topic, dedupKey: null, at: clock(), payload });
    } catch (thrown) {
      // Ended or deleted meanwhile: nobody is left to be told.
      const { code } = toStigmerError(thrown);
      if (code !== "failed-precondition" && code !== "not-found") throw thrown;
    }
    return row.waitTopic === topic;
  }
}

function parsePageToken(token: string): number {
  const sequence = Number(token);
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new StigmerError("invalid-argument", `pageToken "${token}" is not one of ours`, {
    hint: "send the nextPageToken of the page before",
  });
}
