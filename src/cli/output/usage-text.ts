import type { Usage } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";

/** `1,204 tokens in (1,024 cached), 88 out, $0.0042`. */
export function usageText(usage: Usage | undefined): string {
  if (!usage) return "no tokens";
  const cached = usage.cacheReadTokens > 0n ? ` (${count(usage.cacheReadTokens)} cached)` : "";
  const thinking = usage.reasoningTokens > 0n ? ` (${count(usage.reasoningTokens)} thinking)` : "";
  const tokens = `${count(usage.inputTokens)} tokens in${cached}, ${count(usage.outputTokens)} out${thinking}`;
  return `${tokens}, ${costText(usage)}`;
}

/** `$0.0042`, or `cost unknown` where a model has no known price. */
export function costText({ costUsd }: Usage): string {
  if (costUsd === undefined) return "cost unknown";
  return `$${costUsd.toFixed(costUsd > 0 && costUsd < 0.01 ? 6 : 4)}`;
}

export function count(value: bigint | number): string {
  return value.toLocaleString("en-US");
}
