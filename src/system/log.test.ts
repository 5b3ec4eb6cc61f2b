import { describe, expect, test } from "bun:test";
import { StigmerError } from "../contract/errors.ts";
import { createLogger } from "./log.ts";
import type { LoggerOptions } from "./log.ts";

function loggerInto(lines: string[], options: Partial<LoggerOptions> = {}) {
  const now = () => new Date("2026-01-02T03:04:05.678Z");
  return createLogger({
    sink: { write: (line) => lines.push(line) },
    level: "info",
    now,
    ...options,
  });
}

test("a fact is one JSON line with time, level and message in front", () => {
  const lines: string[] = [];
  loggerInto(lines).info("execution claimed", {
    executionId: "x1",
    attempt: 2,
    skipped: undefined,
  });
  expect(lines).toEqual([
    '{"time":"2026-01-02T03:04:05.678Z","level":"info","message":"execution claimed","executionId":"x1","attempt":2}',
  ]);
});

test.each([
  ["debug", ["debug", "info", "warn", "error"]],
  ["info", ["info", "warn", "error"]],
  ["error", ["error"]],
] as const)("level %s writes %p", (level, written) => {
  const lines: string[] = [];
  const log = loggerInto(lines, { level });
  for (const one of ["debug", "info", "warn", "error"] as const) log[one]("said");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual([...written]);
});

test("a child adds its fields, a fact may replace them, neither replaces the head", () => {
  const lines: string[] = [];
  const child = loggerInto(lines).child({ kind: "agent", runner: 1 }).child({ runner: 2 });
  child.warn("lease lost", { kind: "workflow", level: "fine", message: "all well" });
  expect(JSON.parse(lines[0]!)).toEqual({
    time: "2026-01-02T03:04:05.678Z",
    level: "warn",
    message: "lease lost",
    kind: "workflow",
    runner: 2,
  });
});

describe("an error", () => {
  test("keeps its code and its causes", () => {
    const lines: string[] = [];
    const cause = new Error("disk gone");
    loggerInto(lines).error("write failed", {
      error: new StigmerError("data-loss", "lost", { cause }),
    });
    expect(JSON.parse(lines[0]!).error).toMatchObject({
      name: "StigmerError",
      code: "data-loss",
      message: "lost",
      cause: { message: "disk gone" },
    });
  });

  test("that is its own cause is written", () => {
    const lines: string[] = [];
    const circular = new Error("round");
    circular.cause = circular;
    loggerInto(lines).error("write failed", { error: circular });
    expect(lines).toHaveLength(1);
  });
});

test("text with line ends stays one line", () => {
  const lines: string[] = [];
  loggerInto(lines).info("child said", { text: 'a\n{"level":"error"}' });
  expect(lines[0]).not.toContain("\n");
});

test("an oversized fact keeps its message and names the fields it lost", () => {
  const lines: string[] = [];
  loggerInto(lines).info("answer received", { body: "x".repeat(1_000_000) });
  expect(lines[0]!.length).toBeLessThan(33_000);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    message: "answer received",
    fieldsLeftOut: ["body"],
  });
});

test("redaction sees the finished line", () => {
  const lines: string[] = [];
  const redact = (line: string) => line.replaceAll("hunter2", "[redacted]");
  loggerInto(lines, { redact }).info("call failed", { error: new Error("bad key hunter2") });
  expect(lines[0]).toContain("[redacted]");
  expect(lines[0]).not.toContain("hunter2");
});
