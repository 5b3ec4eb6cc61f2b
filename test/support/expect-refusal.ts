import { expect } from "bun:test";
import type { CommandEnd } from "./running-command.ts";

export interface Refusal {
  readonly exitCode: number;
  /** Within the one sentence that says what went wrong. */
  readonly error: string | RegExp;
  /** Within the one that says what to do. Absent: the error itself says it. */
  readonly hint?: string | RegExp;
  /** Default: nothing, because data is all that goes there. */
  readonly stdout?: string;
  /** Default 15 seconds. */
  readonly withinMs?: number;
}

/** A command that failed as documented: soon, with a code, a sentence and a way out. */
export function expectRefusal(end: CommandEnd, refusal: Refusal): void {
  const { exitCode, error, hint, stdout = "", withinMs = 15_000 } = refusal;
  const said = (prefix: string): string[] =>
    end.stderr.split("\n").filter((line) => line.startsWith(prefix));
  expect(said("error: ")).toEqual([expect.stringMatching(error)]);
  expect(said("hint: ")).toEqual(hint === undefined ? [] : [expect.stringMatching(hint)]);
  expect(end.stdout).toBe(stdout);
  expect(end.exitCode).toBe(exitCode);
  expect(end.tookMs).toBeLessThan(withinMs);
}
