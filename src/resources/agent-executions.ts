import { toStigmerError } from "../contract/errors.ts";
import type { AgentExecution } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type { AgentExecutionEvent } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { agentExecutionFormat } from "./agent-execution-format.ts";
import { Executions, type ExecutionsOptions } from "./executions.ts";
import { idsOf } from "./ids-of.ts";
import { lentProviders } from "./lent-providers.ts";
import type { ResourceService, WriteContext } from "./resource-service.ts";
import { type LentToExecution, startExecution } from "./start-execution.ts";

export interface AgentExecutionsOptions extends ExecutionsOptions {
  readonly sessions: ResourceService;
  /** Bytes that the files of one message may have together. */
  readonly maxAttachmentBytes: () => Promise<number>;
}

const { kind } = agentExecutionFormat;

/** What executions of agents can do besides: they start in sessions, and wait for keys. */
export class AgentExecutions extends Executions<AgentExecution, AgentExecutionEvent> {
  readonly #options: AgentExecutionsOptions;
  readonly #newId = idsOf(kind);

  constructor(options: AgentExecutionsOptions) {
    super(agentExecutionFormat, options);
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
