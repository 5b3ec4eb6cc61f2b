import { expect, test } from "bun:test";
import { parseModelReference } from "../../../contract/model-reference.ts";
import type { ModelUsage } from "./model-request.ts";
import { costOf } from "./prices.ts";

const usage: ModelUsage = {
  inputTokens: 100_000,
  outputTokens: 10_000,
  cacheReadTokens: 50_000,
  cacheWriteTokens: 20_000,
  reasoningTokens: 4_000,
};
const cost = (model: string, used = usage): number | undefined =>
  costOf(used, parseModelReference(model));

test("input, cache and output have their own prices; reasoning is output", () => {
  const expected = (30_000 * 5 + 50_000 * 0.5 + 20_000 * 6.25 + 10_000 * 25) / 1_000_000;
  expect(cost("anthropic/claude-opus-4-5")).toBeCloseTo(expected, 10);
});

test("a dated name has the price of its model", () => {
  expect(cost("anthropic/claude-haiku-4-5-20251001")).toBe(cost("anthropic/claude-haiku-4-5"));
  expect(cost("openai/gpt-5-2025-08-07")).toBe(cost("openai/gpt-5"));
});

test("a long prompt has the price of long prompts", () => {
  const long = { ...usage, inputTokens: 200_001, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const expected = (200_001 * 2.5 + 10_000 * 15) / 1_000_000;
  expect(cost("google/gemini-2.5-pro", long)).toBeCloseTo(expected, 10);
});

test("cached tokens without a price of their own cost as much as input", () => {
  const cached = { ...usage, inputTokens: 50_000, cacheWriteTokens: 0, outputTokens: 0 };
  expect(cost("google/gemini-3.5-flash", cached)).toBeCloseTo(0.075, 10);
});

test("an unknown model has no price, not a price of nothing", () => {
  expect(cost("openai/gpt-99")).toBeUndefined();
  expect(cost("openai-compatible/gpt-4o")).toBeUndefined();
});

test("a local model costs nothing", () => {
  expect(cost("ollama/qwen3:8b")).toBe(0);
  expect(cost("script/echo")).toBe(0);
});

test("a price of the user goes before the built-in one", () => {
  const prices = {
    "ollama/qwen3:8b": { input: 1, output: 2 },
    "openai/gpt-5": { input: 1, output: 2 },
  };
  for (const name of ["ollama/qwen3:8b", "openai/gpt-5", "openai/gpt-5-2025-08-07"]) {
    expect(costOf(usage, parseModelReference(name), prices)).toBeCloseTo(0.12, 10);
  }
});
