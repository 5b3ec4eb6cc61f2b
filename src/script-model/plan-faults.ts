import type { ScriptTurn } from "./script-schema.ts";
import type { PlanFault } from "./turn-plan.ts";

/** The faults of a turn in the order in which repeated requests meet them. */
export function planFaults(turn: ScriptTurn, chunkCount: number): PlanFault[] {
  const faults: PlanFault[] = [];
  if (turn.fail) {
    const { times, message, ...failure } = turn.fail;
    const text = message ?? `Scripted failure with status ${failure.status}.`;
    faults.push({
      kind: "fail",
      times: timesOf(times ?? 1),
      failure: { ...failure, message: text },
    });
  }
  const times = timesOf(turn.faultTimes ?? "always");
  if (turn.hang) faults.push({ kind: "hang", times });
  if (turn.cutAfter !== undefined) faults.push({ kind: "cut", times, after: turn.cutAfter });
  if (turn.eofAfter !== undefined) faults.push({ kind: "eof", times, after: turn.eofAfter });
  if (turn.midError) {
    const {
      after = chunkCount,
      message = "Scripted failure inside the stream.",
      ...rest
    } = turn.midError;
    faults.push({ kind: "mid-error", times, after, failure: { status: 503, message, ...rest } });
  }
  return faults;
}

function timesOf(times: number | "always"): number {
  return times === "always" ? Infinity : times;
}
