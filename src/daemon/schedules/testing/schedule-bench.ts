import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type AgentExecution } from "../../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentSchema } from "../../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import {
  type Schedule,
  ScheduleSchema,
} from "../../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import type { ScheduleSpecSchema } from "../../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { ApiResourceListRequestSchema } from "../../../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { ApiResourceKind } from "../../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../../../contract/kinds.ts";
import { AgentExecutions } from "../../../resources/agent-executions.ts";
import { ChangeFeed } from "../../../resources/change-feed.ts";
import { DeltaHub } from "../../../resources/delta-hub.ts";
import { rulesOf } from "../../../resources/kind-rules.ts";
import { ResourceService, type WriteContext } from "../../../resources/resource-service.ts";
import { WorkflowExecutions } from "../../../resources/workflow-executions.ts";
import { Schedules } from "../../../resources/schedule/schedules.ts";
import type { Store } from "../../../store/store.ts";
import { silentLog, TemporaryStore } from "../../../store/testing/temporary-store.ts";
import { ScheduleKeeper } from "../schedule-keeper.ts";
import { targetStarter } from "../start-target.ts";

export type SpecInit = MessageInitShape<typeof ScheduleSpecSchema>;

export const benchContext: WriteContext = { actor: "test", dryRun: false, cascade: false };

/** What starts things on schedules, over a real store and with a clock of its own; nothing runs. */
export class ScheduleBench implements AsyncDisposable {
  /** Milliseconds. */
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly #folder: TemporaryStore;
  /** Every store of a keeper goes through this. */
  #around: (store: Store) => Store = (store) => store;

  private constructor(folder: TemporaryStore) {
    this.#folder = folder;
  }

  static async open(): Promise<ScheduleBench> {
    const bench = new ScheduleBench(await TemporaryStore.open());
    const agent = create(AgentSchema, {
      metadata: { slug: "worker" },
      spec: { model: "script/echo" },
    });
    await bench.resources(ApiResourceKind.AGENT).create(agent, benchContext);
    return bench;
  }

  get store(): Store {
    return this.#folder.store;
  }

  /** Closes the store and opens it again, as a daemon that was killed and started. */
  async restart(around: (store: Store) => Store = (store) => store): Promise<void> {
    await this.#folder.reopen();
    this.#around = around;
  }

  resources(kind: ApiResourceKind, store = this.store): ResourceService {
    return new ResourceService({
      kind: kindOf(kind),
      store,
      clock: this.clock,
      rules: rulesOf(kind),
    });
  }

  get schedules(): Schedules {
    const resources = this.resources(ApiResourceKind.SCHEDULE);
    return new Schedules({ resources, read: this.store.read, clock: this.clock });
  }

  executions(store = this.store): AgentExecutions {
    const feed = new ChangeFeed(store);
    return new AgentExecutions({
      store,
      clock: this.clock,
      sessions: this.resources(ApiResourceKind.SESSION, store),
      events: { read: store.read, feed, deltas: new DeltaHub(feed) },
      maxAttachmentBytes: () => Promise.resolve(1_000),
    });
  }

  get keeper(): ScheduleKeeper {
    const store = this.#around(this.store);
    const executions = this.executions(store);
    const feed = new ChangeFeed(store);
    const events = { read: store.read, feed, deltas: new DeltaHub(feed) };
    const credentials = { providersWithKeys: () => Promise.resolve([]) };
    const workflowExecutions = new WorkflowExecutions({ store, clock: this.clock, events });
    return new ScheduleKeeper({
      store,
      clock: this.clock,
      log: silentLog,
      startTarget: targetStarter({ executions, workflowExecutions, credentials }),
      cancel: async (id) => void (await executions.cancel(id, "replaced")),
    });
  }

  /** A schedule of the agent, `every 15m` unless the spec says otherwise. Returns its id. */
  async add(spec: SpecInit = {}): Promise<string> {
    const target = { case: "agent", value: { agent: "worker", message: "Work." } } as const;
    const trigger = { case: "every", value: "15m" } as const;
    const sent = create(ScheduleSchema, {
      metadata: { name: "sample" },
      spec: { trigger, target, ...spec },
    });
    const made = await this.schedules.create(sent, benchContext);
    const { id = "" } = made.metadata ?? {};
    await this.keeper.attend(id, this.now);
    return id;
  }

  async update(id: string, change: (schedule: Schedule) => void): Promise<void> {
    const schedule = this.schedules.get(id);
    change(schedule);
    await this.schedules.update(schedule, benchContext);
    await this.keeper.attend(id, this.now);
  }

  /** Looks at it later, as a daemon that was there all the time. Returns what it started. */
  async later(id: string, minutes: number): Promise<string[]> {
    this.now += minutes * 60_000;
    const status = this.schedules.get(id).status;
    const dueAt = Number(status?.nextAt?.seconds ?? 0n) * 1_000;
    return await this.keeper.attend(id, dueAt === 0 ? this.now : Math.min(this.now, dueAt));
  }

  /** Looks at it after a time in which nobody did. */
  async afterDowntime(id: string, minutes: number): Promise<string[]> {
    await this.restart();
    this.now += minutes * 60_000;
    return await this.keeper.attend(id, this.now);
  }

  async end(executionId: string): Promise<void> {
    const error = { code: "", message: "", hint: "" };
    const phase = ExecutionPhase.EXECUTION_COMPLETED;
    await this.executions().endByDaemon(executionId, phase, error);
  }

  /** What was asked to stop and never ran, as dispatch does. */
  async endCancelled(): Promise<void> {
    const rows = this.started.map(({ metadata }) => this.store.read.execution(metadata?.id ?? ""));
    const cancelled = rows.flatMap((row) => (row && row.cancelReason !== null ? [row] : []));
    await Promise.all(cancelled.map((row) => this.executions().endUnstarted(row)));
  }

  /** Everything of a kind, the oldest first. */
  all(kind: ApiResourceKind): { metadata?: { id: string } | undefined }[] {
    const request = create(ApiResourceListRequestSchema, { pageSize: 500 });
    return this.resources(kind).list(request).items.toReversed();
  }

  get started(): AgentExecution[] {
    return this.all(ApiResourceKind.AGENT_EXECUTION) as AgentExecution[];
  }

  readonly clock = (): number => this.now;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}
