import { formatModelReference, type ModelReference } from "../../../contract/model-reference.ts";
import type { ModelUsage } from "./model-request.ts";
import type { ModelPrice, PriceTable, TokenPrices } from "./model-price.ts";
import { publishedPrices } from "./published-prices.ts";

/**
 * What a call cost in USD, or `undefined` when the model has no price. Ollama and scripted models
 * cost nothing. A dated name (`-20251001`, `-2025-08-07`) has the price of its model.
 */
export function costOf(
  usage: ModelUsage,
  model: ModelReference,
  overrides: PriceTable = {},
): number | undefined {
  const price = priceOf(model, overrides);
  if (price === undefined) return undefined;
  const { longPrompt } = price;
  const isLong = longPrompt !== undefined && usage.inputTokens > longPrompt.aboveTokens;
  return charge(usage, isLong ? longPrompt : price);
}

function priceOf(model: ModelReference, overrides: PriceTable): ModelPrice | undefined {
  const name = formatModelReference(model);
  const undated = name.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, "");
  const own = overrides[name] ?? overrides[undated];
  if (own !== undefined) return own;
  if (model.provider === "ollama" || model.provider === "script") return free;
  return publishedPrices[name] ?? publishedPrices[undated];
}

function charge(usage: ModelUsage, prices: TokenPrices): number {
  const uncached = usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens;
  const microUsd =
    Math.max(0, uncached) * prices.input +
    usage.cacheReadTokens * (prices.cacheRead ?? prices.input) +
    usage.cacheWriteTokens * (prices.cacheWrite ?? prices.input) +
    usage.outputTokens * prices.output;
  return microUsd / 1_000_000;
}

const free: ModelPrice = { input: 0, output: 0 };
