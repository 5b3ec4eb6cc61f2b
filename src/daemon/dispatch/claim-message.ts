import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
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
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import { lentProviders } from "../../resources/lent-providers.ts";
import { fromRow } from "../../resources/stored-resource.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { Settings } from "../../system/settings.ts";

/** Everything a runner needs to start or resume an execution. Throws `data-loss` when it is not all there. */
export function claimMessage(
  read: StoreReader,
  row: ExecutionRow,
  settings: Settings,
): MessageInitShape<typeof ClaimSchema> {
  const stored = read.get(row.kind, row.id);
  if (!stored) throw new StigmerError("data-loss", `the execution ${row.id} has no resource`);
  const execution = fromRow(kindOf(row.kind), stored) as AgentExecution;
  const pinned = execution.status?.pinned ?? [];
  const agent = agentOf(read, pinned, row.id);
  return {
    executionId: row.id,
    fencingToken: BigInt(row.fencingToken),
    execution,
    agent,
    mcpServers: serversOf(read, pinned, agent),
    lastSequence: BigInt(row.lastSeq),
    settings: settingTexts(settings),
    cancelRequested: row.cancelReason !== null,
    cancelReason: row.cancelReason ?? "",
    credentialProviders: lentProviders(row),
    signals: signalsOf(read, row),
    skills: skillsOf(read, pinned),
  };
}

/** Settings as text by name, as a runner reads them. */
export function settingTexts(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings
      .list()
      .flatMap(({ name, winner }) => (winner === undefined ? [] : [[name, winner.text]])),
  );
}

function agentOf(
  read: StoreReader,
  pinned: readonly PinnedRevision[],
  executionId: string,
): AgentSpec {
  const pin = pinned.find(({ kind }) => kind === ApiResourceKind.AGENT);
  const revision = pin && read.getRevision(pin.revision);
  if (revision) return fromBinary(AgentSpecSchema, revision.body);
  throw new StigmerError(
    "data-loss",
    `the revision of the agent that ${executionId} is pinned to is gone`,
  );
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

function signalsOf(
  read: StoreReader,
  row: ExecutionRow,
): { id: string; topic: string; payload: Uint8Array }[] {
  return lentProviders(row).flatMap((provider) =>
    read
      .pendingSignals(row.id, `credential/${provider}`)
      .map(({ id, topic, payload }) => ({ id: String(id), topic, payload })),
  );
}
