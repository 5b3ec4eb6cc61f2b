import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { AgentExecutionSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type {
  ChildWorkflow,
  RunnerExecution,
  StartChildRequest,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Workflow } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { WorkflowExecutionSchema } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf, kindOfId } from "../../contract/kinds.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import { childOutcome } from "../../resources/child-outcome.ts";
import { resolveResource } from "../../resources/references.ts";
import { fromRow } from "../../resources/stored-resource.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import type { Store } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { CallContext } from "../grpc/handlers.ts";
import { localActor } from "./write-context.ts";

export interface ChildHandlersOptions {
  readonly store: Store;
  readonly executions: AgentExecutions;
  readonly workflowExecutions: WorkflowExecutions;
  readonly dispatcher: Dispatcher;
  readonly credentials: ProviderCredentials;
}

type Held = (execution: RunnerExecution | undefined, call: CallContext) => ExecutionRow;

/** Workflows within workflows: more is a recursion without end. */
const maxAncestors = 32;

const workflowKind = kindOf(ApiResourceKind.WORKFLOW);

/** Executions that another one starts, and what it learns of them. */
export function childHandlers(options: ChildHandlersOptions, held: Held) {
  const { store, executions, workflowExecutions, dispatcher } = options;
  const childOf = (request: ChildRequest, call: CallContext): string => {
    const { id } = held(request.execution, call);
    if (store.read.ancestors(request.childId)[0] === id) return request.childId;
    throw new StigmerError("permission-denied", `${request.childId} is no child of ${id}`);
  };
  return {
    async startChild(request: StartChildRequest, call: CallContext) {
      const parent = held(request.execution, call);
      refuseDepth(store, parent);
      return { executionId: await start(options, request, parent.id) };
    },
    async readChild(request: ChildRequest, call: CallContext) {
      return { outcome: await childOutcome(store, childOf(request, call)) };
    },
    async cancelChild(request: ChildRequest & { readonly reason: string }, call: CallContext) {
      const id = childOf(request, call);
      const isWorkflow = kindOfId(id)?.number === ApiResourceKind.WORKFLOW_EXECUTION;
      await (isWorkflow ? workflowExecutions : executions).cancel(id, request.reason);
      dispatcher.cancel(id);
      return { executionId: id };
    },
  };
}

interface ChildRequest {
  readonly execution?: RunnerExecution | undefined;
  readonly childId: string;
}

async function start(
  options: ChildHandlersOptions,
  { child, key }: StartChildRequest,
  parentId: string,
): Promise<string> {
  const parent = { id: parentId, key };
  const context = { actor: localActor, dryRun: false, cascade: false };
  if (child.case === "workflow") {
    const workflow = workflowId(options.store, child.value);
    const { input } = child.value;
    const spec = { workflow, ...(input && { input }) };
    const sent = create(WorkflowExecutionSchema, { metadata: {}, spec });
    return idOf(await options.workflowExecutions.create(sent, { ...context, parent }));
  }
  const sent = create(AgentExecutionSchema, {
    metadata: {},
    ...(child.value && { spec: child.value }),
  });
  const known = await options.credentials.resolveAll([]);
  const providers = known.flatMap(({ source, provider }) =>
    source !== "" && source !== "config" ? [provider] : [],
  );
  const lent = { providers, lend: () => {}, takeBack: () => {}, parent };
  return idOf(await options.executions.create(sent, context, lent));
}

/** The stored workflow whose document has this name; throws when it is not the one that is meant. */
function workflowId({ read }: Store, { namespace, name, version }: ChildWorkflow): string {
  const stored = fromRow(workflowKind, resolveResource(read, workflowKind, name)) as Workflow;
  const document = stored.spec?.document;
  const isMeant = namespace === "" || document?.["namespace"] === namespace;
  const isVersion = version === "" || version === "latest" || document?.["version"] === version;
  if (isMeant && isVersion) return idOf(stored);
  const found = JSON.stringify({
    namespace: document?.["namespace"],
    version: document?.["version"],
  });
  const message = `the stored workflow "${name}" has ${found}, not ${namespace} and ${version}`;
  throw new StigmerError("failed-precondition", message);
}

function refuseDepth({ read }: Store, { id }: ExecutionRow): void {
  if (read.ancestors(id).length < maxAncestors) return;
  const message = `executions start one another more than ${maxAncestors} deep`;
  throw new StigmerError("failed-precondition", message, { hint: "does a workflow run itself?" });
}

function idOf({ metadata }: { metadata?: { id: string } | undefined }): string {
  return metadata?.id ?? "";
}
