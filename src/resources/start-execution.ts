import { clone, create, toBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Agent } from "../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionSpecSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import { AgentExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import {
  type Session,
  SessionSchema,
} from "../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import { apiVersion } from "../contract/metadata-keys.ts";
import type { ParentStep } from "../store/operations/execution-operations.ts";
import type { Store, StoreReader } from "../store/store.ts";
import { bindAttachments } from "./bind-attachments.ts";
import { type Binding, bindExecution } from "./bind-execution.ts";
import { checkOutputSchema } from "./check-output-schema.ts";
import { type UnstoredAgent, unstoredAgent } from "./inline-agent.ts";
import { refuseUnknownProvider } from "./kind-rules.ts";
import { refuseOrganisation } from "./refuse-organisation.ts";
import { resolveResource } from "./references.ts";
import { requestIdentity } from "./request-identity.ts";
import type { ResourceService, WriteContext } from "./resource-service.ts";
import { auditNow, fromRow } from "./stored-resource.ts";

export interface StartOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly newId: (atMs: number) => string;
  readonly sessions: ResourceService;
  /** Bytes that the files of one message may have together. */
  readonly maxAttachmentBytes: () => Promise<number>;
}

/** What a caller lends to the execution that it creates. */
export interface LentToExecution {
  /** The step of an execution that it is created for. */
  readonly parent?: ParentStep;
  /** Providers that have a key now; without it a later resume waits for one. */
  readonly providers: readonly string[];
  /** Told the id before anything can run under it. */
  readonly lend: (executionId: string) => void;
  /** Told the id when nothing will run under it. */
  readonly takeBack: (executionId: string) => void;
}

const kind = kindOf(ApiResourceKind.AGENT_EXECUTION);
const agentKind = kindOf(ApiResourceKind.AGENT);
const sessionKind = kindOf(ApiResourceKind.SESSION);

/** Characters of the first message that become the title of a new session. */
const titleLength = 80;

/** Pins what it runs with and stores it as PENDING, in a session of its own when none is named. */
export async function startExecution(
  options: StartOptions,
  sent: AgentExecution,
  context: WriteContext,
  lent: LentToExecution,
): Promise<AgentExecution> {
  const { store, clock, newId, sessions } = options;
  const { parent } = lent;
  refuseOrganisation(sent.metadata?.org ?? "");
  refuseUnknownProvider(sent.spec?.model ?? "");
  refuseUnknownProvider(sent.spec?.defaultModel ?? "");
  checkOutputSchema(sent.spec?.outputSchema);
  const inline = inlineAgentOf(store.read, sent);
  const agent = inline?.agent ?? agentOf(store.read, sent);
  const named = inline ? undefined : namedSession(store.read, sent, agent);
  // Bound before a session is made for it: one that cannot start leaves no empty session behind.
  const binding = bindExecution(store.read, agent, named, sent.spec?.environmentRefs ?? []);
  const attachments = await bindAttachments(
    store,
    sent.spec?.attachments ?? [],
    await options.maxAttachmentBytes(),
  );
  // Later turns would need an agent that is kept; nobody goes on with what a step asked.
  const session =
    inline || (parent && !named)
      ? undefined
      : (named ?? ((await sessions.create(newSession(sent, agent), context)) as Session));
  const atMs = clock();
  const execution = newExecution(sent, { id: newId(atMs), agent, session });
  if (execution.spec) execution.spec.attachments = attachments;
  execution.status = create(AgentExecutionStatusSchema, {
    audit: auditNow(context.actor, atMs),
    phase: ExecutionPhase.EXECUTION_PENDING,
    pinned: binding.pinned,
    structuredOutput: (sent.spec?.outputSchema ?? agent.spec?.outputSchema) !== undefined,
  });
  if (context.dryRun) return execution;
  const id = idOf(execution);
  // Before it is stored: dispatch may have it in a runner by the time the write answers.
  lent.lend(id);
  try {
    const { resource } = await store.write("createExecution", {
      resource: {
        ...rowOf(execution, binding, { atMs, parent }),
        ...requestIdentity(kind, sent, context),
      },
      ...(parent && { parent }),
      ...(session === undefined ? {} : { sessionId: idOf(session) }),
      credentialProviders: JSON.stringify(lent.providers),
      pins: inline ? [inline.pin, ...binding.pins] : binding.pins,
      artifacts: attachments.map(({ sha256 }) => sha256),
      ...(context.schedule === undefined ? {} : { schedule: context.schedule }),
    });
    // A retry after a restart brings the key again, for the execution of the first try.
    if (resource.id !== id) lent.lend(resource.id);
    return fromRow(kind, resource) as AgentExecution;
  } finally {
    // Refused, or made by an earlier try of the same request.
    if (!store.read.execution(id)) lent.takeBack(id);
  }
}

function inlineAgentOf(read: StoreReader, { spec }: AgentExecution): UnstoredAgent | undefined {
  if (!spec?.inlineAgent) return undefined;
  const rival = spec.agent === "" ? "session" : "agent";
  if (spec[rival] === "") return unstoredAgent(read, spec.inlineAgent);
  const message = `cannot stand beside inlineAgent, which ${rival === "agent" ? "takes its place" : "has no session"}`;
  throw new StigmerError("invalid-argument", `spec.${rival}: ${message}`, {
    hint: "store the agent first, or leave this out",
    violations: [{ field: `spec.${rival}`, rule: "rival", message }],
  });
}

function agentOf(read: StoreReader, sent: AgentExecution): Agent {
  const { agent = "", session = "" } = sent.spec ?? {};
  if (agent !== "") return fromRow(agentKind, resolveResource(read, agentKind, agent)) as Agent;
  if (session === "") throw missingAgent();
  const found = fromRow(sessionKind, resolveResource(read, sessionKind, session)) as Session;
  return fromRow(agentKind, resolveResource(read, agentKind, found.spec?.agent ?? "")) as Agent;
}

function namedSession(read: StoreReader, sent: AgentExecution, agent: Agent): Session | undefined {
  const wanted = sent.spec?.session ?? "";
  if (wanted === "") return undefined;
  const session = fromRow(sessionKind, resolveResource(read, sessionKind, wanted)) as Session;
  const owner = resolveResource(read, agentKind, session.spec?.agent ?? "");
  if (owner.id === idOf(agent)) return session;
  throw new StigmerError(
    "failed-precondition",
    `session ${idOf(session)} is a conversation with the agent "${owner.slug}", not with "${agent.metadata?.slug}"`,
    { hint: `stigmer agent execute ${owner.slug} --session ${idOf(session)} "…"` },
  );
}

function newSession(sent: AgentExecution, agent: Agent): Session {
  const firstLine = (sent.spec?.message ?? "").trim().split("\n", 1)[0] ?? "";
  const title = Array.from(firstLine).slice(0, titleLength).join("");
  return create(SessionSchema, {
    metadata: { name: title },
    spec: { agent: agent.metadata?.slug ?? "", title },
  });
}

function newExecution(
  sent: AgentExecution,
  known: { readonly id: string; readonly agent: Agent; readonly session: Session | undefined },
): AgentExecution {
  const execution = clone(AgentExecutionSchema, sent);
  execution.apiVersion = apiVersion;
  execution.kind = kind.info.name;
  const metadata = (execution.metadata ??= create(ApiResourceMetadataSchema));
  const agent = known.agent.metadata?.slug ?? "";
  metadata.id = metadata.slug = known.id;
  metadata.name ||= agent || known.id;
  metadata.revision = metadata.resourceVersion = "";
  const spec = (execution.spec ??= create(AgentExecutionSpecSchema));
  if (!spec.inlineAgent) spec.agent = agent;
  if (known.session) spec.session = idOf(known.session);
  return execution;
}

function rowOf(
  execution: AgentExecution,
  binding: Binding,
  { atMs, parent }: { readonly atMs: number; readonly parent: ParentStep | undefined },
) {
  const { id = "", org = "", slug = "", name = "", labels = {} } = execution.metadata ?? {};
  const parentId = execution.spec?.session || parent?.id;
  return {
    kind: kind.number,
    id,
    org,
    slug,
    name,
    labels,
    createdAt: atMs,
    ...(parentId === undefined ? {} : { parentId }),
    phase: ExecutionPhase.EXECUTION_PENDING,
    body: toBinary(AgentExecutionSchema, execution),
    references: binding.references,
  };
}

function idOf(resource: { metadata?: { id: string } | undefined }): string {
  return resource.metadata?.id ?? "";
}

function missingAgent(): StigmerError {
  return new StigmerError(
    "invalid-argument",
    "spec.agent: names no agent, and no session stands in for it",
    { violations: [{ field: "spec.agent", rule: "required", message: "is empty" }] },
  );
}
