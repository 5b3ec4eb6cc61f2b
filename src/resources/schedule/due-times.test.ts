import { expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import {
  type ScheduleSpec,
  ScheduleSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { type DueBy, dueBy, mostCounted, nextDue, pastDue } from "./due-times.ts";

function by(trigger: ScheduleSpec["trigger"], timeZone = ""): DueBy {
  return dueBy(create(ScheduleSpecSchema, { trigger, timeZone }));
}

const cron = (value: string, timeZone = ""): DueBy => by({ case: "cron", value }, timeZone);
const every = (value: string): DueBy => by({ case: "every", value });
const at = (text: string): number => Date.parse(`${text}Z`);
const iso = (ms: number | null): string => (ms === null ? "never" : new Date(ms).toISOString());

/** The next times behind one, without seconds. */
function nextTimes(due: DueBy, from: string, count: number): string[] {
  const times: string[] = [];
  for (let time: number | null = at(from); times.length < count && time !== null;) {
    time = nextDue(due, time, 0);
    times.push(iso(time).slice(0, 16));
  }
  return times;
}

interface Case {
  readonly what: string;
  readonly cron: string;
  readonly zone: string;
  readonly from: string;
  readonly times: readonly string[];
}

test.each<Case>([
  {
    what: "five fields are UTC without a time zone",
    cron: "0 7 * * 1-5",
    zone: "",
    from: "2026-01-02T07:00",
    times: ["2026-01-05T07:00", "2026-01-06T07:00"],
  },
  {
    what: "a time zone is meant by the wall clock",
    cron: "0 9 * * *",
    zone: "America/New_York",
    from: "2026-03-06T15:00",
    times: ["2026-03-07T14:00", "2026-03-08T13:00", "2026-03-09T13:00"],
  },
  {
    what: "a time that summer time leaves out is due right after the change",
    cron: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-03-28T02:00",
    times: ["2026-03-29T01:00", "2026-03-30T00:30"],
  },
  {
    what: "a time that winter time repeats is due once",
    cron: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-10-24T01:00",
    times: ["2026-10-25T00:30", "2026-10-26T01:30"],
  },
  {
    what: "hours of the repeated hour are all due",
    cron: "0 * * * *",
    zone: "Europe/Berlin",
    from: "2026-10-24T23:30",
    times: ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"],
  },
  {
    what: "half an hour of summer time is understood",
    cron: "30 1 * * *",
    zone: "Australia/Lord_Howe",
    from: "2026-04-04T12:00",
    times: ["2026-04-04T14:30", "2026-04-05T15:00"],
  },
  {
    what: "a midnight that does not exist is the first minute of that day",
    cron: "0 0 * * *",
    zone: "Africa/Cairo",
    from: "2026-04-22T23:00",
    times: ["2026-04-23T22:00", "2026-04-24T21:00"],
  },
  {
    what: "a zone 45 minutes off is understood",
    cron: "0 6 * * *",
    zone: "Asia/Kathmandu",
    from: "2026-01-01T01:00",
    times: ["2026-01-02T00:15"],
  },
  {
    what: "29 February waits for a leap year",
    cron: "0 0 29 2 *",
    zone: "UTC",
    from: "2026-03-01T00:00",
    times: ["2028-02-29T00:00", "2032-02-29T00:00"],
  },
  {
    what: "L is the last day of a month",
    cron: "0 0 L * *",
    zone: "UTC",
    from: "2026-01-31T00:00",
    times: ["2026-02-28T00:00", "2026-03-31T00:00"],
  },
])("$what", ({ cron: expression, zone, from, times }) => {
  expect(nextTimes(cron(expression, zone), from, times.length)).toEqual([...times]);
});

test("an interval is counted from its anchor, also from one in the future", () => {
  const due = every("15m");
  const anchor = at("2026-01-01T10:07");
  expect(iso(nextDue(due, anchor, anchor))).toBe("2026-01-01T10:22:00.000Z");
  expect(iso(nextDue(due, at("2026-01-01T11:00"), anchor))).toBe("2026-01-01T11:07:00.000Z");
  expect(iso(nextDue(due, at("2026-01-01T09:50"), anchor))).toBe("2026-01-01T09:52:00.000Z");
  expect(dueBy(create(ScheduleSpecSchema, { trigger: { case: "every", value: "1h30m" } }))).toEqual(
    { kind: "every", intervalMs: 5_400_000 },
  );
});

test("of what is past, the last is found and all are counted", () => {
  const first = at("2026-01-01T10:00");
  expect(pastDue(every("15m"), first, first)).toEqual({ lastAt: first, count: 1 });
  const later = at("2026-01-01T10:44");
  expect(pastDue(every("15m"), first, later)).toEqual({
    lastAt: at("2026-01-01T10:30"),
    count: 3,
  });
  expect(pastDue(cron("*/15 * * * *"), first, later)).toEqual({
    lastAt: at("2026-01-01T10:30"),
    count: 3,
  });
  expect(pastDue(by({ case: "after", value: "5m" }), first, later)).toEqual({
    lastAt: first,
    count: 1,
  });
});

test.each([
  ["2029-06-01T10:00:30", "2029-06-01T10:00:00.000Z"],
  ["2029-06-01T10:00:00", "2029-06-01T10:00:00.000Z"],
  ["2029-06-01T09:59:59.999", "2029-06-01T09:59:00.000Z"],
])("after years the last time before %s is found at once", (now, last) => {
  const started = performance.now();
  const past = pastDue(cron("* * * * *", "Europe/Berlin"), at("2026-01-01T00:00"), at(now));
  expect({ ...past, lastAt: iso(past.lastAt) }).toEqual({ lastAt: last, count: mostCounted });
  expect(performance.now() - started).toBeLessThan(1_000);
});
