import type { Message } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { AgentSpec } from "../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { WorkflowSpec } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../contract/kinds.ts";
import { parseModelReference } from "../contract/model-reference.ts";
import type { StoreReader } from "../store/store.ts";
import type { Resource } from "./resource.ts";
import { checkSchedule } from "./check-schedule.ts";
import { type Reference, referencesOf } from "./references.ts";
import { specSchema } from "./stored-resource.ts";
import { workflowReferences } from "./workflow-references.ts";

/** What is special about a kind; a kind without an entry has nothing special. */
export interface KindRules {
  /** Refuses what the rules of the contract cannot express. */
  readonly check?: (resource: Resource) => void;
  readonly refuseDelete?: (resource: Resource, read: StoreReader) => void;
  /** What its spec names besides the fields that the contract marks as references. */
  readonly references?: (spec: Message) => readonly Reference[];
}

const rules: Partial<Record<ApiResourceKind, KindRules>> = {
  [ApiResourceKind.AGENT]: { check: checkAgent },
  [ApiResourceKind.AGENT_EXECUTION]: { refuseDelete: refuseRunning },
  [ApiResourceKind.SESSION]: { refuseDelete: refuseBusySession },
  [ApiResourceKind.WORKFLOW]: { references: (spec) => workflowReferences(spec as WorkflowSpec) },
  [ApiResourceKind.SCHEDULE]: { check: checkSchedule },
};

/** Everything that the spec of a resource names, in its order. */
export function referencesOfResource(kind: Kind, { spec }: Resource): Reference[] {
  if (!spec) return [];
  return [
    ...referencesOf(specSchema(kind), spec),
    ...(rulesOf(kind.number).references?.(spec) ?? []),
  ];
}

export function rulesOf(kind: ApiResourceKind): KindRules {
  return rules[kind] ?? {};
}

/** A model without a provider is an alias, which only a run can resolve. */
export function refuseUnknownProvider(model: string): void {
  if (model.includes("/")) parseModelReference(model);
}

function checkAgent(resource: Resource): void {
  const spec = resource.spec as AgentSpec;
  for (const model of [spec.model, ...spec.fallbackModels]) refuseUnknownProvider(model);
  const names = spec.mcpServers.map(({ server }) =>
    server.case === "inline" ? server.value.name : server.value,
  );
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const message = `"${twice}" is listed twice: the tools of both would have the same name`;
  throw new StigmerError("invalid-argument", `spec.mcpServers: ${message}`, {
    hint: "list each server once, with all the tools that it should offer",
    violations: [{ field: "spec.mcpServers", rule: "unique", message }],
  });
}

function refuseRunning(resource: Resource, read: StoreReader): void {
  const id = resource.metadata?.id ?? "";
  if (isOpen(read, id)) throw stillRunning(id);
}

function refuseBusySession(resource: Resource, read: StoreReader): void {
  for (const item of read.sessionExecutions(resource.metadata?.id ?? "")) {
    if (item.kind === "intact" && item.row.state !== "ended") throw stillRunning(item.row.id);
  }
}

function isOpen(read: StoreReader, id: string): boolean {
  const execution = read.execution(id);
  return execution !== undefined && execution.state !== "ended";
}

function stillRunning(id: string): StigmerError {
  return new StigmerError("failed-precondition", `${id} has not ended`, {
    hint: `stigmer execution cancel ${id}`,
  });
}
