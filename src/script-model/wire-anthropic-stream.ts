import { serverSentEvent } from "./server-sent-event.ts";
import type { PlanChunk, PlanFailure, TurnPlan } from "./turn-plan.ts";
import { callOf } from "./wire-body.ts";

/** The events of one streamed message: blocks that open, grow and close one after another. */
export class AnthropicStream {
  readonly #plan: TurnPlan;
  readonly #signature: string;
  #index = -1;
  #open: PlanChunk["kind"] | undefined;

  constructor(plan: TurnPlan, signature: string) {
    this.#plan = plan;
    this.#signature = signature;
  }

  start(message: object): string {
    const usage = { ...anthropicUsage(this.#plan), output_tokens: 1 };
    return (
      event("message_start", { message: { ...message, content: [], stop_reason: null, usage } }) +
      event("ping", {})
    );
  }

  chunk(chunk: PlanChunk): string {
    const opens = chunk.kind !== this.#open || (chunk.kind === "tool" && chunk.first);
    return (opens ? this.#close() + this.#openFor(chunk) : "") + this.#delta(deltaOf(chunk));
  }

  finish(): string {
    const { output_tokens, output_tokens_details } = anthropicUsage(this.#plan);
    const delta = { stop_reason: stopReasons[this.#plan.finish], stop_sequence: null };
    return (
      this.#close() +
      event("message_delta", { delta, usage: { output_tokens, output_tokens_details } }) +
      event("message_stop", {})
    );
  }

  error(failure: PlanFailure): string {
    return serverSentEvent(errorBody(failure), "error");
  }

  #openFor(chunk: PlanChunk): string {
    this.#open = chunk.kind;
    this.#index += 1;
    return event("content_block_start", {
      index: this.#index,
      content_block: blockOf(this.#plan, chunk),
    });
  }

  #close(): string {
    if (!this.#open) return "";
    const signature = { type: "signature_delta", signature: this.#signature };
    const signed = this.#open === "think" ? this.#delta(signature) : "";
    this.#open = undefined;
    return signed + event("content_block_stop", { index: this.#index });
  }

  #delta(delta: object): string {
    return event("content_block_delta", { index: this.#index, delta });
  }
}

function event(type: string, fields: object): string {
  return serverSentEvent({ type, ...fields }, type);
}

function blockOf(plan: TurnPlan, chunk: PlanChunk): object {
  if (chunk.kind === "think") return { type: "thinking", thinking: "", signature: "" };
  if (chunk.kind === "text") return { type: "text", text: "" };
  const { id, name } = callOf(plan, chunk);
  return { type: "tool_use", id, name, input: {} };
}

function deltaOf(chunk: PlanChunk): object {
  if (chunk.kind === "think") return { type: "thinking_delta", thinking: chunk.text };
  if (chunk.kind === "text") return { type: "text_delta", text: chunk.text };
  return { type: "input_json_delta", partial_json: chunk.piece };
}

export const stopReasons = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
} as const;

/** Here the input count leaves out what was read from or written to the cache. */
export function anthropicUsage({ usage }: TurnPlan) {
  return {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.reasoning },
  };
}

const typeByStatus: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function errorBody({ status, type, message }: PlanFailure): unknown {
  const usual = typeByStatus[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error", error: { type: type ?? usual, message } };
}
