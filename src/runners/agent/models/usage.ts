import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { ModelUsage } from "./model-request.ts";

/** What the provider does not report is 0; see {@link isUsageKnown}. */
export function toModelUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): ModelUsage {
  return {
    inputTokens: inputTokens.total ?? 0,
    outputTokens: outputTokens.total ?? 0,
    cacheReadTokens: inputTokens.cacheRead ?? 0,
    cacheWriteTokens: inputTokens.cacheWrite ?? 0,
    reasoningTokens: outputTokens.reasoning ?? 0,
  };
}

/** Some servers send no usage at all: the cost of such a call is unknown, not nothing. */
export function isUsageKnown({ inputTokens, outputTokens }: LanguageModelV4Usage): boolean {
  return inputTokens.total !== undefined && outputTokens.total !== undefined;
}
