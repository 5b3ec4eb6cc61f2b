import type { Json } from "../../../contract/json.ts";

/**
 * A conversation as it is journaled: neutral of any provider and plain JSON.
 *
 * What only one provider understands (signatures, encrypted reasoning, item ids) rides along as
 * `providerData` or an `opaque` part. It goes back to the provider that produced it and is dropped
 * when the conversation continues with another one.
 */
export type ConversationPart =
  | { readonly kind: "text"; readonly text: string; readonly providerData?: Json }
  | { readonly kind: "reasoning"; readonly text: string; readonly providerData?: Json }
  | ImagePart
  | FilePart
  | AttachmentPart
  | ToolCallPart
  | ToolResultPart
  | { readonly kind: "opaque"; readonly providerData: Json };

export interface ImagePart {
  readonly kind: "image";
  readonly base64: string;
  /** For example `image/png`. */
  readonly mediaType: string;
  /** Of the file, where it is one that a user attached. */
  readonly name?: string;
}

/** A document that the provider reads itself. */
export interface FilePart {
  readonly kind: "file";
  readonly base64: string;
  readonly mediaType: string;
  readonly name: string;
}

/** A file that goes with a message, by reference: its content is an artifact. */
export interface AttachmentPart {
  readonly kind: "attachment";
  readonly name: string;
  readonly sha256: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

export interface ToolCallPart {
  readonly kind: "tool-call";
  readonly callId: string;
  readonly name: string;
  /** `undefined` when the model wrote something that is not JSON; see `rawArguments`. */
  readonly arguments: Json | undefined;
  /** What the model wrote instead of JSON, so that it can be told what was wrong. */
  readonly rawArguments?: string;
  readonly providerData?: Json;
}

export interface ToolResultPart {
  readonly kind: "tool-result";
  readonly callId: string;
  readonly name: string;
  readonly isError: boolean;
  readonly content: readonly ToolResultContent[];
}

export type ToolResultContent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "json"; readonly value: Json }
  | ImagePart;

export interface ConversationMessage {
  readonly role: "user" | "assistant" | "tool";
  readonly parts: readonly ConversationPart[];
  /** Who produced an assistant message. */
  readonly provider?: string;
}
