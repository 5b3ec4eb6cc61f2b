import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Agent } from "../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import {
  type PinnedRevision,
  PinnedRevisionSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import type { WorkflowSpec } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import type { Session } from "../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import type { PinnedRevision as RevisionToPin } from "../store/operations/execution-operations.ts";
import type { StoreReader } from "../store/store.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import { inlineAgentField } from "./inline-agent.ts";
import { type Reference, resolveReferences } from "./references.ts";

/** What an execution is bound to when it is created. */
export interface Binding {
  readonly pinned: PinnedRevision[];
  /** Revisions that stay as long as the execution does. */
  readonly pins: readonly RevisionToPin[];
  readonly references: string[];
}

const environmentKind = kindOf(ApiResourceKind.ENVIRONMENT);
const mcpServerKind = kindOf(ApiResourceKind.MCP_SERVER);
const skillKind = kindOf(ApiResourceKind.SKILL);

/**
 * Pins the agent and its MCP servers at their revision of now, its skills at the version that it
 * names. Environments are bound by id, the
 * agent's first, then the session's, then the execution's: their values are read at use, the last
 * one wins. An agent that is not stored has no id to refer to.
 */
export function bindExecution(
  read: StoreReader,
  agent: Agent,
  session: Session | undefined,
  environmentRefs: readonly string[],
): Binding {
  const ofAgent = agent.metadata?.id ? "spec" : `${inlineAgentField}.spec`;
  const servers = (agent.spec?.mcpServers ?? []).flatMap(({ server }, index): Reference[] =>
    server.case === "ref"
      ? [{ path: `${ofAgent}.mcpServers[${index}].ref`, kind: mcpServerKind, name: server.value }]
      : [],
  );
  const environments = [
    ...environmentsAt(`${ofAgent}.environmentRefs`, agent.spec?.environmentRefs ?? []),
    ...environmentsAt("spec.environmentRefs", [
      ...(session?.spec?.environmentRefs ?? []),
      ...environmentRefs,
    ]),
  ];
  const skills = (agent.spec?.skillRefs ?? []).map((name, index): Reference => ({
    path: `${ofAgent}.skillRefs[${index}]`,
    kind: skillKind,
    name,
  }));
  const serverRows = resolveReferences(read, servers);
  const skillRows = eachOnce(resolveReferences(read, skills));
  const environmentRows = eachOnce(resolveReferences(read, environments));
  const pinned = [
    pin(
      ApiResourceKind.AGENT,
      agent.metadata?.id ?? "",
      agent.metadata?.slug ?? "",
      agent.metadata?.revision ?? "",
    ),
    ...serverRows.map((row) =>
      pin(mcpServerKind.number, row.id, row.slug ?? "", row.revisionHash ?? ""),
    ),
    ...skillRows.map((row) =>
      pin(skillKind.number, row.id, row.slug ?? "", row.revisionHash ?? ""),
    ),
    ...environmentRows.map((row) => pin(environmentKind.number, row.id, row.slug ?? "", "")),
  ];
  return bindingOf(pinned);
}

/** A workflow, at the revision that runs. */
export interface PinnedWorkflow {
  /** Empty for one that is not stored. */
  readonly id: string;
  readonly slug: string;
  readonly revision: string;
  readonly spec: WorkflowSpec;
}

/** Pins the workflow; environments are bound as those of an agent, the execution's last. */
export function bindWorkflow(
  read: StoreReader,
  { id, slug, revision, spec }: PinnedWorkflow,
  environmentRefs: readonly string[],
): Binding {
  const ofWorkflow = id === "" ? "spec.definition" : "spec";
  const environments = eachOnce(
    resolveReferences(read, [
      ...environmentsAt(`${ofWorkflow}.environmentRefs`, spec.environmentRefs),
      ...environmentsAt("spec.environmentRefs", environmentRefs),
    ]),
  );
  return bindingOf([
    pin(ApiResourceKind.WORKFLOW, id, slug, revision),
    ...environments.map((row) => pin(environmentKind.number, row.id, row.slug ?? "", "")),
  ]);
}

function bindingOf(pinned: PinnedRevision[]): Binding {
  const missing = pinned.find(
    ({ kind, revision }) => kind !== environmentKind.number && revision === "",
  );
  if (missing) throw new StigmerError("data-loss", `${missing.id} has no revision`);
  return {
    pinned,
    pins: pinned.flatMap(({ revision }) => (revision === "" ? [] : [{ hash: revision }])),
    references: pinned.flatMap(({ id }) => (id === "" ? [] : [id])),
  };
}

function environmentsAt(path: string, names: readonly string[]): Reference[] {
  return names.map((name, index) => ({ path: `${path}[${index}]`, kind: environmentKind, name }));
}

/** The last of those with one id, in the place of the first. */
function eachOnce(rows: readonly ResourceRow[]): ResourceRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function pin(kind: ApiResourceKind, id: string, slug: string, revision: string): PinnedRevision {
  return create(PinnedRevisionSchema, { kind, id, slug, revision });
}
