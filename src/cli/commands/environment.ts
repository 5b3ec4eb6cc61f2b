import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import type { Environment } from "../../contract/gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { EnvironmentCommandController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/command_pb.ts";
import {
  type EnvironmentValue,
  EnvironmentValueSchema,
} from "../../contract/gen/ai/stigmer/agentic/environment/v1/spec_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { parseKeyValues } from "../input/key-values.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { environmentKind } from "../resources/environment-kind.ts";
import { listResources } from "../resources/list-resources.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";
import { updateResource } from "../resources/update-resource.ts";

export async function createEnvironment(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  refuseSecret(invocation);
  const labels = parseKeyValues(invocation.texts("label"), "--label");
  const spec = {
    description: invocation.text("description") ?? "",
    data: valuesOf(invocation),
  };
  const environment = await daemon.call(
    EnvironmentCommandController.method.create,
    { metadata: { name: invocation.argument("NAME"), labels }, spec },
    { metadata: newRequestId() },
  );
  return changed(environment, "created");
}

export async function listEnvironments(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(environmentKind, invocation, context);
}

export async function getEnvironment(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const environment = await environmentKind.get(daemon, invocation.argument("NAME"));
  return { output: itemOutput(environmentKind.view, environment) };
}

export async function setEnvironment(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  refuseSecret(invocation);
  const values = valuesOf(invocation);
  return await changeData(invocation, context, (data) => ({ ...data, ...values }));
}

export async function unsetEnvironment(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = new Set(invocation.arguments("K"));
  return await changeData(invocation, context, (data) => {
    const unknown = [...names].find((name) => !(name in data));
    if (unknown !== undefined) throw unknownValue(invocation.argument("NAME"), unknown);
    return Object.fromEntries(Object.entries(data).filter(([name]) => !names.has(name)));
  });
}

export async function deleteEnvironments(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = invocation.arguments("NAME");
  return await deleteResources(environmentKind, names, { invocation, context });
}

type Data = Record<string, EnvironmentValue>;

async function changeData(
  invocation: Invocation,
  { daemon }: CommandContext,
  change: (data: Data) => Data,
): Promise<CommandResult> {
  const environment = await updateResource({
    read: () => environmentKind.get(daemon, invocation.argument("NAME")),
    change: ({ spec }) => {
      if (spec) spec.data = change(spec.data);
    },
    write: (resource) => daemon.call(EnvironmentCommandController.method.update, resource),
  });
  return changed(environment, "updated");
}

function changed(environment: Environment, verb: string): CommandResult {
  const sentence = `environment ${nameOf(environment)} ${verb}`;
  return { output: changeOutput(environmentKind.view, [environment], () => sentence) };
}

function valuesOf(invocation: Invocation): Data {
  const pairs = parseKeyValues(invocation.arguments("K=V"), "K=V");
  return Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [name, create(EnvironmentValueSchema, { value })]),
  );
}

function refuseSecret(invocation: Invocation): void {
  if (!invocation.enabled("secret")) return;
  throw new StigmerError("usage", "Sealed secrets come in a later version of stigmer.", {
    hint: "Environments hold plain values only for now; stigmer model login keeps keys of models.",
  });
}

function unknownValue(environment: string, name: string): StigmerError {
  return new StigmerError("not-found", `${environment} has no value ${name}.`, {
    hint: `stigmer environment get ${environment}`,
  });
}
