import type { ToolCallPart } from "./models/conversation.ts";

/** The arguments of a call as JSON text, or what the model wrote in its place. */
export function writtenArguments(call: ToolCallPart): string {
  if (call.rawArguments !== undefined) return call.rawArguments;
  return call.arguments === undefined ? "{}" : JSON.stringify(call.arguments);
}
