import { clone, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../contract/errors.ts";
import type { Agent } from "../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
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
import { AgentExecutionSpecSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { AgentExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import {
  type Session,
  SessionSchema,
} from "../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import { apiVersion } from "../contract/metadata-keys.ts";
import type { Store } from "../store/store.ts";
import type { ExecutionRow } from "../store/tables/execution-table.ts";
import { bindExecution } from "./bind-execution.ts";
import { type EventSources, executionEvents } from "./execution-events.ts";
import { refuseUnknownProvider } from "./kind-rules.ts";
import { newId } from "./new-id.ts";
import { resolveResource } from "./references.ts";
import type { ResourceService, WriteContext } from "./resource-service.ts";
import { auditNow, fromRow } from "./stored-resource.ts";

export interface AgentExecutionsOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly sessions: ResourceService;
  readonly events: EventSources;
}

/** What a caller lends to the execution that it creates. */
export interface LentToExecution {
  /** Providers that have a key now; without it a later resume waits for one. */
  readonly providers: readonly string[];
  /** Told the id before anything can run under it. */
  readonly lend: (executionId: string) => void;
}

const kind = kindOf(ApiResourceKind.AGENT_EXECUTION);
const agentKind = kindOf(ApiResourceKind.AGENT);
const sessionKind = kindOf(ApiResourceKind.SESSION);

/** Characters of the first message that become the title of a new session. */
const titleLength = 80;

/** What executions of agents can do besides being resources. */
export class AgentExecutions {
  readonly #options: AgentExecutionsOptions;

  constructor(options: AgentExecutionsOptions) {
    this.#options = options;
  }

  /** Pins what it runs with and stores it as PENDING, in a session of its own when none is named. */
  async create(
    sent: AgentExecution,
    context: WriteContext,
    credentials: LentToExecution,
  ): Promise<AgentExecution> {
    const { store, clock } = this.#options;
    const atMs = clock();
    refuseUnknownProvider(sent.spec?.model ?? "");
    const agent = this.#agentOf(sent);
    const session = await this.#sessionOf(sent, agent, context);
    const binding = bindExecution(store.read, agent, session, sent.spec?.environmentRefs ?? []);
    const id = newId(kind, atMs);
    const execution = clone(AgentExecutionSchema, sent);
    execution.apiVersion = apiVersion;
    execution.kind = kind.info.name;
    const metadata = (execution.metadata ??= create(ApiResourceMetadataSchema));
    metadata.id = metadata.slug = id;
    metadata.name ||= agent.metadata?.slug ?? id;
    metadata.revision = metadata.resourceVersion = "";
    const spec = (execution.spec ??= create(AgentExecutionSpecSchema));
    spec.agent = agent.metadata?.slug ?? "";
    spec.session = session.metadata?.id ?? "";
    execution.status = create(AgentExecutionStatusSchema, {
      audit: auditNow(context.actor, atMs),
      phase: ExecutionPhase.EXECUTION_PENDING,
      pinned: binding.pinned,
    });
    if (context.dryRun) return execution;
    const request =
      context.requestId === undefined ? {} : { request: identityOf(sent, context.requestId) };
    // Before it is stored: dispatch may have it in a runner by the time the write answers.
    credentials.lend(id);
    const { resource } = await store.write("createExecution", {
      resource: {
        kind: kind.number,
        id,
        org: metadata.org,
        slug: id,
        name: metadata.name,
        createdAt: atMs,
        parentId: spec.session,
        phase: ExecutionPhase.EXECUTION_PENDING,
        body: toBinary(AgentExecutionSchema, execution),
        labels: metadata.labels,
        references: binding.references,
        ...request,
      },
      sessionId: spec.session,
      credentialProviders: JSON.stringify(credentials.providers),
      pins: binding.pins,
    });
    return fromRow(kind, resource) as AgentExecution;
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
    if (row.state === "ready" && row.lastSeq === 0) await this.#endUnstarted(row);
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
    const rows = this.#options.store.read.messages(id, after, (pageSize || 50) + 1);
    const items = rows.map((item) => {
      if (item.kind === "corrupt") throw item.error;
      return fromBinary(AgentMessageSchema, item.row.body);
    });
    const page = items.slice(0, pageSize || 50);
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

  async #endUnstarted(row: ExecutionRow): Promise<void> {
    const message = row.cancelReason ?? "cancelled";
    await this.endByDaemon(row.id, ExecutionPhase.EXECUTION_CANCELLED, {
      code: "cancelled",
      message,
      hint: "",
    });
  }

  #agentOf(sent: AgentExecution): Agent {
    const { read } = this.#options.store;
    const { agent = "", session = "" } = sent.spec ?? {};
    if (agent !== "") return fromRow(agentKind, resolveResource(read, agentKind, agent)) as Agent;
    if (session === "") throw missingAgent();
    const found = fromRow(sessionKind, resolveResource(read, sessionKind, session)) as Session;
    return fromRow(agentKind, resolveResource(read, agentKind, found.spec?.agent ?? "")) as Agent;
  }

  async #sessionOf(sent: AgentExecution, agent: Agent, context: WriteContext): Promise<Session> {
    const { store, sessions } = this.#options;
    const wanted = sent.spec?.session ?? "";
    if (wanted === "") return (await sessions.create(newSession(sent, agent), context)) as Session;
    const session = fromRow(
      sessionKind,
      resolveResource(store.read, sessionKind, wanted),
    ) as Session;
    const owner = resolveResource(store.read, agentKind, session.spec?.agent ?? "");
    if (owner.id === agent.metadata?.id) return session;
    throw new StigmerError(
      "failed-precondition",
      `session ${session.metadata?.id} is a conversation with the agent "${owner.slug}", not with "${agent.metadata?.slug}"`,
      {
        hint: `stigmer agent execute ${owner.slug} --session ${session.metadata?.id} "…"`,
      },
    );
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

function newSession(sent: AgentExecution, agent: Agent): Session {
  const title = (sent.spec?.message ?? "").trim().split("\n", 1)[0]?.slice(0, titleLength) ?? "";
  return create(SessionSchema, {
    metadata: { name: title },
    spec: { agent: agent.metadata?.slug ?? "", title },
  });
}

function identityOf(
  sent: AgentExecution,
  requestId: string,
): { requestId: string; method: string; fingerprint: string } {
  const fingerprint = new Bun.CryptoHasher("sha256")
    .update(toBinary(AgentExecutionSchema, sent))
    .digest("hex");
  return { requestId, method: kind.command.typeName, fingerprint };
}

function parsePageToken(token: string): number {
  const sequence = Number(token);
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new StigmerError("invalid-argument", `pageToken "${token}" is not one of ours`, {
    hint: "send the nextPageToken of the page before",
  });
}

function missingAgent(): StigmerError {
  return new StigmerError(
    "invalid-argument",
    "spec.agent: names no agent, and no session stands in for it",
    {
      violations: [{ field: "spec.agent", rule: "required", message: "is empty" }],
    },
  );
}
