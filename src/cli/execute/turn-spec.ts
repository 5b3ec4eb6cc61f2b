import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AgentExecutionSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { parseKeyValues } from "../input/key-values.ts";
import { readOutputSchema } from "../input/read-output-schema.ts";
import type { Invocation } from "../invocation.ts";
import { projectEnvironments } from "../project/project-environments.ts";

export type TurnSpec = MessageInitShape<typeof AgentExecutionSpecSchema>;

/** What flags and the project say of an execution, whoever runs and whatever is said. */
export async function turnSpec(invocation: Invocation, context: CommandContext): Promise<TurnSpec> {
  const project = await context.project.get();
  const schemaFile = invocation.text("output-schema");
  return {
    model: invocation.text("model") ?? "",
    defaultModel: project?.model ?? "",
    environmentRefs: await environmentsOf(invocation, context),
    values: parseKeyValues(invocation.texts("env"), "--env"),
    ...(schemaFile === undefined
      ? {}
      : { outputSchema: await readOutputSchema(schemaFile, context) }),
  };
}

/** Those that were named, otherwise the project's own. */
async function environmentsOf(invocation: Invocation, context: CommandContext): Promise<string[]> {
  const named = invocation.texts("environment");
  if (named.length > 0) return [...named];
  const project = await context.project.get();
  return project ? await projectEnvironments(project, context) : [];
}
