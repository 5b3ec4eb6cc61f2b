import type { LanguageModelV4ToolCall } from "@ai-sdk/provider";
import type { Json } from "../../../contract/json.ts";
import type { ToolCallPart } from "./conversation.ts";

/** A call as the model wrote it. Arguments that are not JSON are kept, to be told to the model. */
export function toToolCall(call: LanguageModelV4ToolCall): ToolCallPart {
  const providerData = call.providerMetadata as Json | undefined;
  return {
    kind: "tool-call",
    callId: call.toolCallId,
    name: call.toolName,
    ...parseArguments(call.input),
    ...(providerData === undefined ? {} : { providerData }),
  };
}

/** Models leave the arguments of a tool without parameters empty. */
function parseArguments(input: string): Pick<ToolCallPart, "arguments" | "rawArguments"> {
  if (input.trim() === "") return { arguments: {} };
  try {
    return { arguments: JSON.parse(input) as Json };
  } catch {
    return { arguments: undefined, rawArguments: input };
  }
}
