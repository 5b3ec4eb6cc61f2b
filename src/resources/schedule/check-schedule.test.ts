import { expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import { ScheduleSchema } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import type { ScheduleSpec } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { checkSchedule } from "./check-schedule.ts";

function check(cron: string, timeZone = ""): void {
  const trigger: ScheduleSpec["trigger"] = { case: "cron", value: cron };
  checkSchedule(create(ScheduleSchema, { spec: { trigger, timeZone } }));
}

test.each(["0 7 * * *", "*/5 9-17 * * MON-FRI", "0 0 29 2 *", "0 0 L * *"])(
  "%p is a schedule",
  (cron) => {
    expect(() => check(cron)).not.toThrow();
    expect(() => check(cron, "America/St_Johns")).not.toThrow();
  },
);

test.each([
  ["61 * * * *", "61"],
  ["0 0 7 * * *", "5"],
  ["every day at nine", "spec.cron"],
  ["0 0 31 2 *", "never due"],
])("%p is refused", (cron, why) => {
  expect(() => check(cron)).toThrow(why);
});

test("a time zone that there is not is refused", () => {
  expect(() => check("0 7 * * *", "Europe/Atlantis")).toThrow('no time zone "Europe/Atlantis"');
});
