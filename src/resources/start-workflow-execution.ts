import { clone, create, toBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Workflow } from "../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import {
  type WorkflowSpec,
  WorkflowSpecSchema,
} from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import {
  type WorkflowExecution,
  WorkflowExecutionSchema,
} from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { WorkflowExecutionSpecSchema } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/spec_pb.ts";
import { WorkflowExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import { apiVersion } from "../contract/metadata-keys.ts";
import type { ParentStep, PinnedRevision } from "../store/operations/execution-operations.ts";
import type { Store, StoreReader } from "../store/store.ts";
import { bindWorkflow, type Binding } from "./bind-execution.ts";
import { checkWorkflow } from "./check-workflow.ts";
import { refuseOrganisation } from "./refuse-organisation.ts";
import { resolveResource } from "./references.ts";
import { requestIdentity } from "./request-identity.ts";
import type { WriteContext } from "./resource-service.ts";
import { revisionHash } from "./revision.ts";
import { auditNow, fromRow } from "./stored-resource.ts";

export interface WorkflowStartOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly newId: (atMs: number) => string;
}

/** Who starts it, and for which step of another execution. */
export interface WorkflowStart extends WriteContext {
  readonly parent?: ParentStep;
}

const kind = kindOf(ApiResourceKind.WORKFLOW_EXECUTION);
const workflowKind = kindOf(ApiResourceKind.WORKFLOW);

/** What an execution runs. */
interface Definition {
  readonly id: string;
  readonly slug: string;
  readonly spec: WorkflowSpec;
  readonly revision: string;
  /** Of one that is not stored: its revision is kept with the execution. */
  readonly pin: PinnedRevision | undefined;
}

/** Checks the definition, pins what it runs with and stores the execution as PENDING. */
export async function startWorkflowExecution(
  { store, clock, newId }: WorkflowStartOptions,
  sent: WorkflowExecution,
  { parent, ...context }: WorkflowStart,
): Promise<WorkflowExecution> {
  refuseOrganisation(sent.metadata?.org ?? "");
  const definition = definitionOf(store.read, sent);
  const binding = bindWorkflow(store.read, definition, sent.spec?.environmentRefs ?? []);
  const atMs = clock();
  const execution = newExecution(sent, newId(atMs), definition);
  execution.status = create(WorkflowExecutionStatusSchema, {
    audit: auditNow(context.actor, atMs),
    phase: ExecutionPhase.EXECUTION_PENDING,
    pinned: binding.pinned,
  });
  if (context.dryRun) return execution;
  const { resource } = await store.write("createExecution", {
    resource: {
      ...rowOf(execution, binding, atMs),
      ...requestIdentity(kind, sent, context),
      ...(parent && { parentId: parent.id }),
    },
    ...(parent && { parent }),
    pins: [...(definition.pin ? [definition.pin] : []), ...binding.pins],
    ...(context.schedule === undefined ? {} : { schedule: context.schedule }),
  });
  return fromRow(kind, resource) as WorkflowExecution;
}

function definitionOf(read: StoreReader, { spec }: WorkflowExecution): Definition {
  const { workflow = "", definition } = spec ?? {};
  if (definition) {
    if (workflow !== "") throw twoDefinitions();
    return unstored(definition);
  }
  if (workflow === "") throw noDefinition();
  const stored = fromRow(workflowKind, resolveResource(read, workflowKind, workflow)) as Workflow;
  const { id = "", slug = "", revision = "" } = stored.metadata ?? {};
  const written = stored.spec ?? create(WorkflowSpecSchema);
  checkWorkflow(written, `workflow "${slug}"`);
  return { id, slug, revision, spec: written, pin: undefined };
}

function unstored(spec: WorkflowSpec): Definition {
  checkWorkflow(spec, "spec.definition");
  const hash = revisionHash(WorkflowSpecSchema, spec);
  const name = spec.document?.["name"];
  const body = toBinary(WorkflowSpecSchema, spec);
  return {
    id: "",
    slug: typeof name === "string" ? name : "",
    revision: hash,
    spec,
    pin: { kind: ApiResourceKind.WORKFLOW, hash, body },
  };
}

function newExecution(
  sent: WorkflowExecution,
  id: string,
  definition: Definition,
): WorkflowExecution {
  const execution = clone(WorkflowExecutionSchema, sent);
  execution.apiVersion = apiVersion;
  execution.kind = kind.info.name;
  const metadata = (execution.metadata ??= create(ApiResourceMetadataSchema));
  metadata.id = metadata.slug = id;
  metadata.name ||= definition.slug || id;
  metadata.revision = metadata.resourceVersion = "";
  const spec = (execution.spec ??= create(WorkflowExecutionSpecSchema));
  if (!spec.definition) spec.workflow = definition.slug;
  return execution;
}

function rowOf(execution: WorkflowExecution, binding: Binding, atMs: number) {
  const { id = "", org = "", slug = "", name = "", labels = {} } = execution.metadata ?? {};
  return {
    kind: kind.number,
    id,
    org,
    slug,
    name,
    labels,
    createdAt: atMs,
    phase: ExecutionPhase.EXECUTION_PENDING,
    body: toBinary(WorkflowExecutionSchema, execution),
    references: binding.references,
  };
}

function twoDefinitions(): StigmerError {
  const message = "cannot stand beside definition, which takes its place";
  return new StigmerError("invalid-argument", `spec.workflow: ${message}`, {
    hint: "leave one of them out",
    violations: [{ field: "spec.workflow", rule: "rival", message }],
  });
}

function noDefinition(): StigmerError {
  return new StigmerError(
    "invalid-argument",
    "spec.workflow: names no workflow, and no definition stands in for it",
    { violations: [{ field: "spec.workflow", rule: "required", message: "is empty" }] },
  );
}
