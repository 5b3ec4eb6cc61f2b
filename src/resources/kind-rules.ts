import type { Message } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import type { AgentSpec } from "../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { McpServerSpec } from "../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import type { SkillSpec } from "../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import type { SkillStatus } from "../contract/gen/ai/stigmer/agentic/skill/v1/status_pb.ts";
import type { WorkflowSpec } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../contract/kinds.ts";
import { parseModelReference } from "../contract/model-reference.ts";
import type { StoreReader } from "../store/store.ts";
import type { Resource } from "./resource.ts";
import { checkAll } from "./check-all.ts";
import { checkOutputSchema } from "./check-output-schema.ts";
import { checkSchedule } from "./schedule/check-schedule.ts";
import { type Reference, referencesOf } from "./references.ts";
import { checkWorkflow, refuseOtherNamespace } from "./check-workflow.ts";
import { refuseCodeLoading } from "./refuse-code-loading.ts";
import { checkSkill } from "./skill/check-skill.ts";
import { artifactsOfSkill, completeSkill } from "./skill/skill-files.ts";
import { carryVersions } from "./skill/skill-versions.ts";
import { specSchema } from "./stored-resource.ts";
import { workflowReferences } from "./workflow-references.ts";

/** What is special about a kind; a kind without an entry has nothing special. */
export interface KindRules {
  /** Fills in what follows from the rest of the spec, before anything is compared or checked. */
  readonly complete?: (resource: Resource) => void;
  /** Refuses what the rules of the contract cannot express. */
  readonly check?: (resource: Resource, read: StoreReader) => void;
  /** Refuses what may not become of what is stored. */
  readonly checkChange?: (next: Resource, before: Resource) => void;
  /** State of its own in the status of what is about to be written; `before` is what is stored. */
  readonly carryStatus?: (stored: Resource, before: Resource | undefined, atMs: number) => void;
  /** What stays as long as the resource does, besides its current spec. */
  readonly retained?: (stored: Resource) => Retained;
  readonly refuseDelete?: (resource: Resource, read: StoreReader) => void;
  /** What its spec names besides the fields that the contract marks as references. */
  readonly references?: (spec: Message) => readonly Reference[];
}

/** What a resource with versions keeps. */
export interface Retained {
  /** Hashes of the artifacts that its current spec is made of. */
  readonly artifacts: readonly string[];
  /** Hashes of its versions. */
  readonly revisions: readonly string[];
}

const rules: Partial<Record<ApiResourceKind, KindRules>> = {
  [ApiResourceKind.AGENT]: { check: checkAgent },
  [ApiResourceKind.MCP_SERVER]: {
    check: ({ spec }) => spec && refuseCodeLoading(spec as McpServerSpec, "spec"),
  },
  [ApiResourceKind.AGENT_EXECUTION]: { refuseDelete: refuseRunning },
  [ApiResourceKind.WORKFLOW_EXECUTION]: { refuseDelete: refuseRunning },
  [ApiResourceKind.SESSION]: { refuseDelete: refuseBusySession },
  [ApiResourceKind.SKILL]: {
    complete: ({ spec }) => spec && completeSkill(spec as SkillSpec),
    check: checkSkill,
    carryStatus: carryVersions,
    retained: ({ spec, status }) => ({
      artifacts: spec ? artifactsOfSkill(spec as SkillSpec) : [],
      revisions: (status as SkillStatus).versions.map(({ hash }) => hash),
    }),
  },
  [ApiResourceKind.WORKFLOW]: {
    check: ({ spec }) => checkWorkflow(spec as WorkflowSpec, "spec"),
    checkChange: refuseOtherNamespace,
    references: (spec) => workflowReferences(spec as WorkflowSpec),
  },
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
  const names = spec.mcpServers.map(({ server }) =>
    server.case === "inline" ? server.value.name : (server.value ?? ""),
  );
  const skills = spec.skillRefs.map((reference) => reference.replace(/(?<=.)@[^@]*$/, ""));
  checkAll([
    () => checkOutputSchema(spec.outputSchema),
    () => checkModel("spec.model", spec.model),
    ...spec.fallbackModels.map(
      (model, index) => () => checkModel(`spec.fallbackModels[${index}]`, model),
    ),
    ...spec.mcpServers.map(({ server }, index) => () => {
      if (server.case !== "inline" || !server.value.spec) return;
      refuseCodeLoading(server.value.spec, `spec.mcpServers[${index}].inline.spec`);
    }),
    () =>
      refuseTwice("spec.mcpServers", names, {
        why: "the tools of both would have the same name",
        hint: "list each server once, with all the tools that it should offer",
      }),
    () =>
      refuseTwice("spec.skillRefs", skills, {
        why: "a model could not tell them apart",
        hint: "list each skill once, in one version",
      }),
  ]);
}

function checkModel(field: string, model: string): void {
  try {
    refuseUnknownProvider(model);
  } catch (thrown) {
    const { code, message, hint } = toStigmerError(thrown);
    throw new StigmerError(code, `${field}: ${message}`, {
      violations: [{ field, rule: "model", message }],
      ...(hint === undefined ? {} : { hint }),
      cause: thrown,
    });
  }
}

function refuseTwice(
  field: string,
  names: readonly string[],
  { why, hint }: { readonly why: string; readonly hint: string },
): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const message = `"${twice}" is listed twice: ${why}`;
  throw new StigmerError("invalid-argument", `${field}: ${message}`, {
    hint,
    violations: [{ field, rule: "unique", message }],
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
