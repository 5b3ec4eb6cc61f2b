import { StigmerError } from "../contract/errors.ts";
import type { AgentSpec } from "../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { parseModelReference } from "../contract/model-reference.ts";
import type { StoreReader } from "../store/store.ts";
import type { Resource } from "./resource.ts";

/** What is special about a kind; a kind without an entry has nothing special. */
export interface KindRules {
  /** Refuses what the rules of the contract cannot express. */
  readonly check?: (resource: Resource) => void;
  readonly refuseDelete?: (resource: Resource, read: StoreReader) => void;
}

const rules: Partial<Record<ApiResourceKind, KindRules>> = {
  [ApiResourceKind.AGENT]: { check: checkAgent },
  [ApiResourceKind.AGENT_EXECUTION]: { refuseDelete: refuseRunning },
  [ApiResourceKind.SESSION]: { refuseDelete: refuseBusySession },
};

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
