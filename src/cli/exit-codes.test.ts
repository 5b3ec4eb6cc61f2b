import { describe, expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import { AgentExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { errorCodes } from "../contract/errors.ts";
import { exitCodeOfStatus } from "./execute/execution-end.ts";
import { exitCodeOf } from "./exit-codes.ts";

/** As documented; scripts rely on them. */
const documented = {
  usage: 2,
  "invalid-argument": 2,
  "not-found": 5,
  "already-exists": 6,
  conflict: 6,
  "failed-precondition": 1,
  unauthenticated: 4,
  "permission-denied": 4,
  refused: 10,
  "limit-reached": 9,
  "resource-exhausted": 1,
  unavailable: 7,
  incompatible: 7,
  unimplemented: 1,
  "deadline-exceeded": 124,
  cancelled: 130,
  "newer-data": 78,
  "data-loss": 1,
  internal: 1,
} as const;

test.each([...errorCodes])("an error %s has the documented exit code", (code) => {
  expect(exitCodeOf[code]).toBe(documented[code]);
});

describe("an execution that was waited for", () => {
  const { EXECUTION_COMPLETED, EXECUTION_FAILED, EXECUTION_CANCELLED, EXECUTION_RUNNING } =
    ExecutionPhase;

  test.each([
    { phase: EXECUTION_COMPLETED, code: "", timeoutGiven: false, exit: 0 },
    { phase: EXECUTION_FAILED, code: "tool-server", timeoutGiven: false, exit: 1 },
    { phase: EXECUTION_FAILED, code: "auth", timeoutGiven: false, exit: 4 },
    { phase: EXECUTION_FAILED, code: "credential-missing", timeoutGiven: false, exit: 4 },
    { phase: EXECUTION_FAILED, code: "model-unavailable", timeoutGiven: false, exit: 4 },
    { phase: EXECUTION_FAILED, code: "limit-turns", timeoutGiven: false, exit: 9 },
    { phase: EXECUTION_FAILED, code: "limit-time", timeoutGiven: true, exit: 124 },
    { phase: EXECUTION_FAILED, code: "limit-time", timeoutGiven: false, exit: 9 },
    { phase: EXECUTION_CANCELLED, code: "", timeoutGiven: false, exit: 130 },
    { phase: EXECUTION_RUNNING, code: "", timeoutGiven: false, exit: 8 },
  ])(
    "in phase $phase with error '$code' exits with $exit",
    ({ phase, code, timeoutGiven, exit }) => {
      const status = create(AgentExecutionStatusSchema, { phase, error: { code } });
      expect(exitCodeOfStatus(status, { timeoutGiven })).toBe(exit);
    },
  );
});
