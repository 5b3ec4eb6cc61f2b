import { expect, test } from "bun:test";
import { retryDelayMs } from "./retry-delay.ts";

const retryable = { retryable: true };

test("the delay doubles from one second, half of it random", () => {
  expect([1, 2, 3, 4].map((attempt) => retryDelayMs(retryable, attempt, 1))).toEqual([
    1_000, 2_000, 4_000, 8_000,
  ]);
  expect([1, 2, 3, 4].map((attempt) => retryDelayMs(retryable, attempt, 0))).toEqual([
    500, 1_000, 2_000, 4_000,
  ]);
});

test("the delay never passes a minute", () => {
  expect(retryDelayMs(retryable, 1_000, 1)).toBe(60_000);
});

test("the provider is never asked again earlier than it said", () => {
  expect(retryDelayMs({ ...retryable, retryAfterMs: 90_000 }, 1, 0)).toBe(90_000);
  expect(retryDelayMs({ ...retryable, retryAfterMs: 90_000 }, 1, 1)).toBe(91_000);
  expect(retryDelayMs({ ...retryable, retryAfterMs: 0 }, 4, 1)).toBe(8_000);
});

test("what cannot succeed is not sent again", () => {
  expect(retryDelayMs({ retryable: false, retryAfterMs: 1_000 }, 1, 0.5)).toBeUndefined();
});
