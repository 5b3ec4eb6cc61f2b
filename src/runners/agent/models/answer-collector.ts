import type { LanguageModelV4StreamPart, SharedV4Warning } from "@ai-sdk/provider";
import type { Json } from "../../../contract/json.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type { ConversationPart } from "./conversation.ts";
import { ModelError } from "./model-error.ts";
import type { FinishReason, ModelAnswer, ModelEvent, ProviderSettings } from "./model-request.ts";
import { costOf } from "./prices.ts";
import { toToolCall } from "./tool-call-part.ts";
import { isUsageKnown, toModelUsage } from "./usage.ts";

type StreamPart<Type extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { type: Type }
>;

interface Block {
  readonly kind: "text" | "reasoning";
  text: string;
  providerData: Json | undefined;
}

type ClosedPart = Extract<ConversationPart, { kind: "tool-call" | "opaque" }>;

interface CollectedCall {
  readonly model: ModelReference;
  readonly settings: ProviderSettings;
}

/**
 * Turns the parts of one stream into events while they arrive and into one message at the end.
 *
 * @throws ModelError or the provider's own error; `interrupted` when the stream ends without the
 *   provider having said that the answer is complete.
 */
export class AnswerCollector {
  readonly #call: CollectedCall;
  readonly #onEvent: (event: ModelEvent) => void;
  readonly #content: (Block | ClosedPart)[] = [];
  readonly #blocks = new Map<string, Block>();
  readonly #announcedCalls = new Set<string>();
  readonly #offsets = { text: 0, reasoning: 0 };
  readonly #warnings: string[] = [];
  #finish: StreamPart<"finish"> | undefined;

  constructor(call: CollectedCall, onEvent: (event: ModelEvent) => void) {
    this.#call = call;
    this.#onEvent = onEvent;
  }

  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "stream-start":
        this.#warnings.push(...part.warnings.map(describeWarning));
        return;
      case "text-start":
      case "text-delta":
      case "text-end":
        this.#addToBlock("text", part);
        return;
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        this.#addToBlock("reasoning", part);
        return;
      case "tool-input-start":
        this.#announce(part.id, part.toolName);
        return;
      case "tool-call":
        this.#announce(part.toolCallId, part.toolName);
        this.#content.push(toToolCall(part));
        return;
      case "custom":
      case "file":
      case "reasoning-file":
        this.#content.push(opaquePart(part));
        return;
      case "error":
        throw this.#isMissingFinish(part.error) ? this.#interrupted() : part.error;
      case "finish":
        this.#finish = part;
        return;
      default:
      // Sources, pings, raw chunks, input deltas and what providers run themselves: not ours.
    }
  }

  finish(): ModelAnswer {
    const finish = this.#finish;
    if (finish === undefined || finish.finishReason.unified === "interrupted") {
      throw this.#interrupted();
    }
    const { model, settings } = this.#call;
    const parts = this.#content.flatMap(toConversationParts);
    const usage = toModelUsage(finish.usage);
    const cost = isUsageKnown(finish.usage) ? costOf(usage, model, settings.prices) : undefined;
    return {
      message: { role: "assistant", parts, provider: model.provider },
      finishReason: this.#finishReason(finish.finishReason, parts),
      usage,
      ...(cost === undefined ? {} : { costUsd: cost }),
      warnings: this.#warnings,
    };
  }

  #addToBlock(
    kind: "text" | "reasoning",
    part: StreamPart<`${"text" | "reasoning"}-${"start" | "delta" | "end"}`>,
  ): void {
    const key = `${kind}:${part.id}`;
    let block = this.#blocks.get(key);
    if (block === undefined) {
      block = { kind, text: "", providerData: undefined };
      this.#blocks.set(key, block);
      this.#content.push(block);
    }
    if ("delta" in part) this.#addText(block, part.delta);
    // A signature arrives last and replaces what the block began with.
    block.providerData = (part.providerMetadata as Json | undefined) ?? block.providerData;
    if (part.type.endsWith("-end")) this.#blocks.delete(key);
  }

  #addText(block: Block, text: string): void {
    if (text === "") return;
    const offset = this.#offsets[block.kind];
    block.text += text;
    this.#offsets[block.kind] += text.length;
    this.#onEvent({ kind: block.kind, offset, text });
  }

  #announce(callId: string, name: string): void {
    if (this.#announcedCalls.has(callId)) return;
    this.#announcedCalls.add(callId);
    this.#onEvent({ kind: "tool-call", name, callId });
  }

  /** Servers disagree about the finish reason of an answer with tool calls; the calls decide. */
  #finishReason(
    { unified, raw }: StreamPart<"finish">["finishReason"],
    parts: readonly ConversationPart[],
  ): FinishReason {
    const { model } = this.#call;
    if (unified === "error") {
      const reason = /malformed|function_call/i.test(raw ?? "") ? "bad-output" : "provider";
      throw new ModelError(reason, `The model gave up${raw ? ` (${raw})` : ""}.`, model);
    }
    if (unified === "content-filter" && parts.length === 0) {
      throw new ModelError("content-filter", "The provider withheld the answer.", model);
    }
    if (unified === "length" || unified === "content-filter") return unified;
    return parts.some((part) => part.kind === "tool-call") ? "tool-calls" : "stop";
  }

  #interrupted(): ModelError {
    return new ModelError(
      "interrupted",
      "The answer ended before the model had finished it.",
      this.#call.model,
    );
  }

  /** How the openai-compatible library reports an end without a finish reason. */
  #isMissingFinish(error: unknown): boolean {
    return (
      error instanceof Error &&
      error.name === "AI_InvalidResponseDataError" &&
      "data" in error &&
      error.data === undefined
    );
  }
}

function toConversationParts(item: Block | ClosedPart): ConversationPart[] {
  if (item.kind === "tool-call" || item.kind === "opaque") return [item];
  const { kind, text, providerData } = item;
  if (providerData === undefined) return text === "" ? [] : [{ kind, text }];
  return [{ kind, text, providerData }];
}

/** Kept in the form in which it goes back to the provider that sent it. */
function opaquePart(part: StreamPart<"custom" | "file" | "reasoning-file">): ClosedPart {
  const { providerMetadata, ...content } = part;
  const sent =
    "data" in content && content.data.type === "data" && typeof content.data.data !== "string"
      ? { ...content, data: { type: "data", data: content.data.data.toBase64() } }
      : content;
  return {
    kind: "opaque",
    providerData: { ...sent, providerOptions: providerMetadata ?? {} } as unknown as Json,
  };
}

function describeWarning(warning: SharedV4Warning): string {
  if (warning.type === "other") return warning.message;
  const subject = "feature" in warning ? warning.feature : warning.setting;
  const details = "details" in warning ? warning.details : undefined;
  return details === undefined
    ? `${warning.type}: ${subject}`
    : `${warning.type}: ${subject} (${details})`;
}
