import { Cron } from "croner";
import type { ScheduleSpec } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { parseDuration } from "../../system/duration.ts";

/** When a schedule is due. Times and lengths are milliseconds. */
export type DueBy =
  | { readonly kind: "cron"; readonly cron: Cron }
  | { readonly kind: "every" | "after"; readonly intervalMs: number };

/** What was due up to a time: the last of it, and how often; counted up to {@link mostCounted}. */
export interface PastDue {
  readonly lastAt: number;
  readonly count: number;
}

/** A downtime of years has no effect on how long it takes to get over it. */
export const mostCounted = 100;

/** Of a spec that was checked. */
export function dueBy({ trigger, timeZone }: ScheduleSpec): DueBy {
  if (trigger.case !== "cron") {
    return { kind: trigger.case ?? "every", intervalMs: parseDuration(trigger.value ?? "") };
  }
  return { kind: "cron", cron: cronOf(trigger.value, timeZone) };
}

/**
 * Fixed times that the change to summer time leaves out are due right after it; those that the
 * change back repeats are due once. Throws what the library throws for an expression that it does
 * not understand.
 */
export function cronOf(expression: string, timeZone: string): Cron {
  return new Cron(expression, { timezone: timeZone || "UTC", paused: true, mode: "5-part" });
}

/** Equal for the same times. */
export function dueByText({ trigger, timeZone }: ScheduleSpec): string {
  const zone = trigger.case === "cron" ? ` ${timeZone || "UTC"}` : "";
  return `${trigger.case} ${trigger.value}${zone}`;
}

/**
 * The first time behind `time`; null when there is none.
 *
 * @param anchor what intervals are counted from
 */
export function nextDue(by: DueBy, time: number, anchor: number): number | null {
  if (by.kind === "cron") return by.cron.nextRun(new Date(time))?.getTime() ?? null;
  const { intervalMs } = by;
  return anchor + (Math.floor((time - anchor) / intervalMs) + 1) * intervalMs;
}

/** What was due from `firstAt`, which was, up to `now`. */
export function pastDue(by: DueBy, firstAt: number, now: number): PastDue {
  if (by.kind === "cron") return pastCron(by.cron, firstAt, now);
  if (by.kind === "after") return { lastAt: firstAt, count: 1 };
  const more = Math.floor((now - firstAt) / by.intervalMs);
  return { lastAt: firstAt + more * by.intervalMs, count: Math.min(more + 1, mostCounted) };
}

function pastCron(cron: Cron, firstAt: number, now: number): PastDue {
  let lastAt = firstAt;
  for (let count = 1; count < mostCounted; count++) {
    const next = cron.nextRun(new Date(lastAt))?.getTime() ?? Infinity;
    if (next > now) return { lastAt, count };
    lastAt = next;
  }
  // The library looks at whole seconds before the one that it is given.
  const before = cron.previousRuns(2, new Date(now + 1_000)).map((each) => each.getTime());
  return { lastAt: before.find((time) => time <= now) ?? lastAt, count: mostCounted };
}
