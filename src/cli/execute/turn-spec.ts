import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AgentExecutionSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { parseKeyValues } from "../input/key-values.ts";
import { readOutputSchema } from "../input/read-output-schema.ts";
import type { Invocation } from "../invocation.ts";

export type TurnSpec = MessageInitShape<typeof AgentExecutionSpecSchema>;

/** What flags and the project say of an execution, whoever runs and whatever is said. */
export async function turnSpec(
  invocation: Invocation,
  context: Pick<CommandContext, "project" | "terminal" | "signal">,
): Promise<TurnSpec> {
  const project = await context.project.get();
  const schemaFile = invocation.text("output-schema");
  const environments = invocation.texts("environment");
  return {
    model: invocation.text("model") ?? "",
    defaultModel: project?.model ?? "",
    environmentRefs: [...(environments.length > 0 ? environments : (project?.environments ?? []))],
    values: parseKeyValues(invocation.texts("env"), "--env"),
    ...(schemaFile === undefined
      ? {}
      : { outputSchema: await readOutputSchema(schemaFile, context) }),
  };
}
