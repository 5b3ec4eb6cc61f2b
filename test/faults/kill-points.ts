import type { Kill } from "./fault-plan.ts";
import type { Played } from "./play-scenario.ts";

/** Just before and just after every append that the run nobody interrupted made. */
export function killPoints(reference: Played, victim: Kill["victim"]): Kill[] {
  return reference.log.flatMap((record) => {
    if (record.kind !== "stored") return [];
    const row = record.rows[0] ?? "";
    return (["before", "after"] as const).map((moment) => ({ at: { row }, moment, victim }));
  });
}

/** As a test is named by it: `runner before DONE model#1`. */
export function describeKills(kills: readonly Kill[]): string {
  return kills
    .map(({ victim, moment, at }) => `${victim} ${moment} ${at.row ?? `append ${at.append}`}`)
    .join(", then ");
}
