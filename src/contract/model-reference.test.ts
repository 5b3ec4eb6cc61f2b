import { expect, test } from "bun:test";
import { StigmerError } from "./errors.ts";
import { formatModelReference, parseModelReference } from "./model-reference.ts";

test.each([
  ["anthropic/claude-opus-4-5", "anthropic", "claude-opus-4-5"],
  ["ollama/qwen3:8b", "ollama", "qwen3:8b"],
  ["openai-compatible/org/model", "openai-compatible", "org/model"],
  ["ollama/hf.co/org/model:Q4_K_M", "ollama", "hf.co/org/model:Q4_K_M"],
] as const)("%s", (text, provider, name) => {
  const reference = parseModelReference(text);
  expect(reference).toEqual({ provider, name });
  expect(formatModelReference(reference)).toBe(text);
});

test.each([
  ["gpt-5", "has no provider", "PROVIDER/MODEL"],
  ["openai", "has no provider", "openai/MODEL"],
  ["openia/gpt-5", 'unknown provider "openia"', "openai/gpt-5"],
  ["mistral/large", 'unknown provider "mistral"', "anthropic, openai"],
  ["openai/", "names no model", "openai/MODEL"],
  ["openai/gpt 5", "names no model", "openai/MODEL"],
  ["", "has no provider", "PROVIDER/MODEL"],
])("%p is refused with a way out", (text, problem, hint) => {
  try {
    parseModelReference(text);
    expect.unreachable();
  } catch (thrown) {
    if (!(thrown instanceof StigmerError)) throw thrown;
    expect(thrown.code).toBe("invalid-argument");
    expect(thrown.message).toContain(problem);
    expect(thrown.hint).toContain(hint);
  }
});
