import { fromBinary, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import { StigmerError } from "../../contract/errors.ts";
import {
  type AgentSpec,
  AgentSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type { PinnedRevision } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { McpServerSpecSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import type {
  ClaimSchema,
  PinnedMcpServerSchema,
  PinnedSkillSchema,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { SkillSpecSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { WorkflowSpecSchema } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import type { WorkflowExecution } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import { lentProviders } from "../../resources/lent-providers.ts";
import { fromRow } from "../../resources/stored-resource.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import type { SignalRow } from "../../store/tables/signal-table.ts";
import type { Settings } from "../../system/settings.ts";

type ClaimParts = MessageInitShape<typeof ClaimSchema>;

/** Everything a runner needs to start or resume an execution. Throws `data-loss` when it is not all there. */
export function claimMessage(read: StoreReader, row: ExecutionRow, settings: Settings): ClaimParts {
  const stored = read.get(row.kind, row.id);
  if (!stored) throw new StigmerError("data-loss", `the execution ${row.id} has no resource`);
  return {
    executionId: row.id,
    fencingToken: BigInt(row.fencingToken),
    lastSequence: BigInt(row.lastSeq),
    settings: settingTexts(settings),
    cancelRequested: row.cancelReason !== null,
    cancelReason: row.cancelReason ?? "",
    signals: read.pendingSignals(row.id).map(signalMessage),
    ...(row.kind === ApiResourceKind.WORKFLOW_EXECUTION
      ? workflowParts(read, stored)
      : agentParts(read, row, stored)),
  };
}

/** What a runner is told of a signal. */
export function signalMessage({ id, topic, payload }: SignalRow): {
  id: string;
  topic: string;
  payload: Uint8Array;
} {
  return { id: String(id), topic, payload };
}

function agentParts(read: StoreReader, row: ExecutionRow, stored: ResourceRow): ClaimParts {
  const execution = fromRow(kindOf(row.kind), stored) as AgentExecution;
  const pinned = execution.status?.pinned ?? [];
  const agent = pinnedSpec(read, pinned, {
    kind: ApiResourceKind.AGENT,
    schema: AgentSpecSchema,
    executionId: row.id,
  });
  return {
    execution: { case: "agentExecution", value: execution },
    agent,
    mcpServers: serversOf(read, pinned, agent),
    credentialProviders: lentProviders(row),
    skills: skillsOf(read, pinned),
  };
}

function workflowParts(read: StoreReader, stored: ResourceRow): ClaimParts {
  const execution = fromRow(kindOf(stored.kind), stored) as WorkflowExecution;
  const workflow = pinnedSpec(read, execution.status?.pinned ?? [], {
    kind: ApiResourceKind.WORKFLOW,
    schema: WorkflowSpecSchema,
    executionId: stored.id,
  });
  return { execution: { case: "workflowExecution", value: execution }, workflow };
}

/** Settings as text by name, as a runner reads them. */
export function settingTexts(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings
      .list()
      .flatMap(({ name, winner }) => (winner === undefined ? [] : [[name, winner.text]])),
  );
}

interface Pin<Spec extends Message> {
  readonly kind: ApiResourceKind;
  readonly schema: GenMessage<Spec>;
  readonly executionId: string;
}

/** The one definition that it runs, as it was when it was created. */
function pinnedSpec<Spec extends Message>(
  read: StoreReader,
  pinned: readonly PinnedRevision[],
  { kind, schema, executionId }: Pin<Spec>,
): Spec {
  const pin = pinned.find((each) => each.kind === kind);
  const revision = pin && read.getRevision(pin.revision);
  if (revision) return fromBinary(schema, revision.body);
  const noun = kindOf(kind).info.name.toLowerCase();
  const message = `the revision of the ${noun} that ${executionId} is pinned to is gone`;
  throw new StigmerError("data-loss", message);
}

/** By what the agent's spec calls them: an id, a slug or a name. */
function serversOf(
  read: StoreReader,
  pinned: readonly PinnedRevision[],
  agent: AgentSpec,
): Record<string, MessageInitShape<typeof PinnedMcpServerSchema>> {
  const references = agent.mcpServers.flatMap(({ server }) =>
    server.case === "ref" ? [server.value] : [],
  );
  const pins = pinned.filter(({ kind }) => kind === ApiResourceKind.MCP_SERVER);
  // Bound in the order of the spec, one for each reference.
  return Object.fromEntries(
    references.flatMap((reference, index) => {
      const pin = pins[index];
      const revision = pin && read.getRevision(pin.revision);
      if (!revision)
        throw new StigmerError(
          "data-loss",
          `the revision of the MCP server "${reference}" is gone`,
        );
      return [
        [reference, { slug: pin.slug, spec: fromBinary(McpServerSpecSchema, revision.body) }],
      ];
    }),
  );
}

function skillsOf(
  read: StoreReader,
  pinned: readonly PinnedRevision[],
): MessageInitShape<typeof PinnedSkillSchema>[] {
  return pinned.flatMap(({ kind, slug, revision }) => {
    if (kind !== ApiResourceKind.SKILL) return [];
    const stored = read.getRevision(revision);
    if (!stored) throw new StigmerError("data-loss", `the revision of the skill "${slug}" is gone`);
    const { description } = fromBinary(SkillSpecSchema, stored.body);
    return [{ slug, description, revision }];
  });
}
