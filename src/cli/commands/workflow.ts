import { StigmerError } from "../../contract/errors.ts";
import type { Workflow } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { WorkflowCommandController } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/command_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { locateInDocument } from "../manifest/locate-violations.ts";
import { readManifestFiles } from "../manifest/manifest-files.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";
import { workflowKind } from "../resources/workflow-kind.ts";
import { checkDefinitions } from "../workflow/check-definitions.ts";
import { checkedOutput, hasErrors } from "../workflow/checked-output.ts";
import { readFileWorkflow } from "../workflow/read-file-workflow.ts";
import { workflowWarnings } from "../workflow/workflow-warnings.ts";

/** Checks definitions where they are, without a daemon. */
export async function validateWorkflows(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const places = invocation.arguments("FILE|DIR|-");
  const { texts } = await readManifestFiles(places, context);
  const checked = texts.map(checkDefinitions).filter(({ workflows }) => workflows > 0);
  if (checked.length === 0) {
    const names = places.map((place) => `"${place}"`).join(", ");
    throw new StigmerError("usage", `There is no workflow in ${names}.`, {
      hint: "A workflow has document and do, or kind: Workflow.",
    });
  }
  const exitCode = checked.some(hasErrors) ? exitCodes.usage : exitCodes.done;
  return { output: checkedOutput(checked), exitCode };
}

export async function createWorkflow(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await storeFile("create", invocation, context);
}

export async function updateWorkflow(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await storeFile("update", invocation, context);
}

export async function getWorkflow(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const workflow = await workflowKind.get(daemon, invocation.argument("NAME"));
  return { output: itemOutput(workflowKind.view, workflow) };
}

export async function listWorkflows(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(workflowKind, invocation, context);
}

export async function deleteWorkflows(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await deleteResources(workflowKind, invocation.arguments("NAME"), { invocation, context });
}

async function storeFile(
  verb: "create" | "update",
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const file = invocation.text("file");
  if (file === undefined) {
    throw new StigmerError("usage", "--file is missing: the definition.", {
      hint: `stigmer workflow ${verb} -f FILE, or -f - for stdin`,
    });
  }
  const { workflow, document } = await readFileWorkflow(file, context);
  const stored = await store(verb, workflow, context).catch((thrown: unknown) => {
    throw locateInDocument(thrown, document);
  });
  for (const warning of workflowWarnings([document])) context.terminal.warn(warning);
  const sentence = `workflow ${nameOf(stored)} ${verb}d`;
  return { output: changeOutput(workflowKind.view, [stored], () => sentence) };
}

async function store(
  verb: "create" | "update",
  workflow: Workflow,
  { daemon }: CommandContext,
): Promise<Workflow> {
  const { create, update } = WorkflowCommandController.method;
  if (verb === "update") return await daemon.call(update, workflow);
  return await daemon.call(create, workflow, { metadata: newRequestId() });
}
