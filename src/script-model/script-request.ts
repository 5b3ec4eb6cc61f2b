/** What a client asks of a model, free of any provider's wire format. */
export interface ScriptRequest {
  readonly model: string;
  /** All system text, paragraphs separated by a blank line; empty when there is none. */
  readonly system: string;
  readonly messages: readonly ScriptMessage[];
  readonly tools: readonly ScriptTool[];
}

/** A tool result stands alone: several results of one turn are several messages, in call order. */
export type ScriptMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly ScriptToolCall[];
    }
  | { readonly role: "tool"; readonly callId: string; readonly text: string };

export interface ScriptToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, exactly as they travel; broken on purpose with `malformedArgs`. */
  readonly arguments: string;
}

export interface ScriptTool {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: unknown;
}
