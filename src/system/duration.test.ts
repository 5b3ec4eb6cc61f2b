import { describe, expect, test } from "bun:test";
import { formatDuration, parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test.each([
    ["250ms", 250],
    ["10s", 10_000],
    ["2m", 120_000],
    ["1.5h", 5_400_000],
    ["1h30m", 5_400_000],
    ["1d", 86_400_000],
    [" 3s ", 3_000],
    ["0", 0],
  ])("%p is %d ms", (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.each(["", "10", "10 parsecs", "-1s", "1s!", "s", "1h 30m", `${"9".repeat(30)}d`])(
    "%p is refused with an example",
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({
          code: "invalid-argument",
          hint: expect.stringContaining("1h30m"),
        }),
      );
    },
  );
});

test.each([0, 1, 250, 1_000, 61_000, 5_400_000, 90_061_001])(
  "%d ms survives being written and read",
  (durationMs) => {
    expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
  },
);

test("a duration is written in its largest units", () => {
  expect(formatDuration(5_400_000)).toBe("1h30m");
  expect(formatDuration(120_000)).toBe("2m");
});
