import { describe, expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AgentExecutionStatusSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { RunStatus } from "./run-status.ts";

describe("the status of a run", () => {
  test("keeps what the daemon wrote, and counts again what a replay counts again", () => {
    const stored = create(AgentExecutionStatusSchema, {
      startedAt: timestampFromMs(1_000),
      attempts: 2,
      turns: 7,
      messages: 9,
      usage: { inputTokens: 99n },
      pinned: [{ slug: "reviewer" }],
    });
    const run = new RunStatus(stored);
    run.start(5_000);
    expect(run.status).toMatchObject({
      phase: ExecutionPhase.EXECUTION_RUNNING,
      startedAt: timestampFromMs(1_000),
      attempts: 3,
      turns: 0,
      messages: 0,
      usage: { inputTokens: 0n, costUsd: 0 },
      pinned: [{ slug: "reviewer" }],
    });
    expect(stored.turns).toBe(7);
  });

  test.each([
    ["ASCII", "x".repeat(40_000)],
    ["text of three bytes", "語".repeat(40_000)],
    ["text of four bytes", "😀".repeat(40_000)],
  ])("stays below 64 KB whatever was answered (%s)", (_, text) => {
    const run = new RunStatus(undefined);
    run.end({ kind: "completed", text }, 1);
    expect(text.startsWith(run.status.output)).toBe(true);
    expect(run.status.output.isWellFormed()).toBe(true);
    expect(run.status.outputTruncated).toBe(true);
    expect(Buffer.byteLength(run.status.output)).toBeGreaterThan(16_000);
    expect(toBinary(AgentExecutionStatusSchema, run.status).length).toBeLessThan(17_000);
  });

  test("says so when the answer is whole", () => {
    const run = new RunStatus(undefined);
    run.end({ kind: "completed", text: "42" }, 1);
    expect(run.status).toMatchObject({ output: "42", outputTruncated: false });
  });

  test("says what a suspended execution waits for, and until when", () => {
    const run = new RunStatus(undefined);
    run.suspend(9_000);
    expect(run.status).toMatchObject({
      phase: ExecutionPhase.EXECUTION_WAITING,
      waiting: { reason: "waits before it tries again", until: timestampFromMs(9_000) },
    });
    run.wait({ reason: "waits for a key", hint: "log in" });
    run.suspend(undefined);
    expect(run.status.waiting).toMatchObject({ reason: "waits for a key", hint: "log in" });
    run.end({ kind: "cancelled", reason: "enough" }, 1);
    expect(run.status.waiting).toBeUndefined();
    expect(run.status.error).toMatchObject({ code: "cancelled", message: "enough" });
  });
});
