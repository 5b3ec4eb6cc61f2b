import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Check, CheckState } from "../doctor/check.ts";
import { checksOutput } from "../doctor/checks-output.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { localContext } from "../connect/context-record.ts";
import { ContextStore } from "../connect/context-store.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";

/** A person waits for it, and every check is a matter of milliseconds where all is well. */
const usualLimitMs = 8_000;
/** Left of `--timeout` to print what was found. */
const reserveMs = 200;

/** Everything that keeps stigmer from working, with what to do. Needs nothing that works. */
export async function doctor(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const timeoutMs = invocation.durationMs("timeout") ?? Infinity;
  const limitMs = Math.max(reserveMs, Math.min(usualLimitMs, timeoutMs - reserveMs));
  context.terminal.progress("Looking …");
  const given = invocation.text("context");
  if (given !== undefined) await refuseUnknownContext(given, context);
  const checks = await runChecks(context, { limitMs, given });
  const hasProblem = checks.some(({ state }) => state === "problem");
  return {
    output: checksOutput(checks),
    next: summaryOf(checks),
    exitCode: hasProblem ? exitCodes.failed : exitCodes.done,
  };
}

/** Whoever names a context wants that one looked at. @throws StigmerError `not-found` */
async function refuseUnknownContext(
  given: string,
  { folder, variables }: CommandContext,
): Promise<void> {
  if (given !== localContext) await new ContextStore(folder, variables).get(given);
}

function summaryOf(checks: readonly Check[]): string {
  const count = (state: CheckState): number => checks.filter((one) => one.state === state).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems + warnings === 0) return "No problem was found.";
  return `Problems: ${problems}, warnings: ${warnings}.`;
}
