import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../contract/errors.ts";
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

  /** Wakes an execution that waits for a key of one of these providers. */
  async wakeForCredentials(name: string, providers: readonly string[]): Promise<AgentExecution> {
    const { store } = this.#options;
    const id = this.get(name).metadata?.id ?? name;
    const topic = store.read.execution(id)?.waitTopic;
    const provider = providers.find((candidate) => topic === `credential/${candidate}`);
    if (provider !== undefined && topic) await this.#signal(id, topic);
    return this.get(id);
  }

  /** Wakes every execution that waits for a key of this provider. Returns how many. */
  async wakeAllForCredential(provider: string): Promise<number> {
    const { store } = this.#options;
    const topic = `credential/${provider}`;
    let woken = 0;
    let cursor: string | undefined;
    do {
      const page = store.read.list({
        kinds: [kind.number],
        phases: [ExecutionPhase.EXECUTION_WAITING],
        pageSize: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const waiting = page.items.flatMap((item) =>
        item.kind === "intact" && store.read.execution(item.row.id)?.waitTopic === topic
          ? [item.row.id]
          : [],
      );
      // oxlint-disable-next-line no-await-in-loop -- page after page
      await Promise.all(waiting.map((id) => this.#signal(id, topic)));
      woken += waiting.length;
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

  /** Ends an execution in the daemon's own name: one that never started, or whose runners always die. */
  async endByDaemon(
    id: string,
    phase: ExecutionPhase,
    error: { code: string; message: string; hint: string },
  ): Promise<void> {
    const { store, clock } = this.#options;
    const execution = this.get(id);
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
      expectedSeq: null,
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

  /** Ends what was cancelled before a runner recorded anything. */
  async endUnstarted({ id, cancelReason }: ExecutionRow): Promise<void> {
    const error = { code: "cancelled", message: cancelReason ?? "cancelled", hint: "" };
    try {
      await this.endByDaemon(id, ExecutionPhase.EXECUTION_CANCELLED, error);
    } catch (thrown) {
      // Cancelled twice, or found by dispatch at the same time: it ended once.
      if (this.#options.store.read.execution(id)?.state !== "ended") throw thrown;
    }
  }

  async #signal(executionId: string, topic: string): Promise<void> {
    const payload = new TextEncoder().encode("{}");
    await this.#options.store.write("signal", {
      executionId,
      topic,
      dedupKey: null,
      at: this.#options.clock(),
      payload,
    });
  }
}

function parsePageToken(token: string): number {
  const sequence = Number(token);
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new StigmerError("invalid-argument", `pageToken "${token}" is not one of ours`, {
    hint: "send the nextPageToken of the page before",
  });
}
