import { expect, test } from "bun:test";
import type { Json } from "../../contract/json.ts";
import { Reading } from "../reading/reading.ts";
import { duration, durationMs } from "./duration.ts";
import { useNamesOf } from "./use-names.ts";

const scope = (input: Json) => ({ input, variables: {}, now: () => 0 });
const read = (value: Json) =>
  duration({
    value,
    pointer: "",
    reading: new Reading(useNamesOf({})),
    variables: [],
    usesSecrets: false,
  });

test.each<[Json, number]>([
  ["PT30S", 30_000],
  ["P1DT12H", 129_600_000],
  ["PT0.5S", 500],
  ["P2W", 1_209_600_000],
  ["PT1H30M", 5_400_000],
  [{ seconds: 30 }, 30_000],
  [{ days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1 }, 90_061_001],
])("%j is a length of time", (value, ms) => {
  expect(durationMs(read(value)!, scope(null))).toBe(ms);
});

test.each<[Json, number]>([
  ["PT5S", 5_000],
  [{ minutes: 1.5 }, 90_000],
])("an expression may give %j", (given, ms) => {
  expect(durationMs(read("${ .wait }")!, scope({ wait: given }))).toBe(ms);
});

test.each<Json>(["soon", 5, { years: 1 }, { seconds: -1 }, null])(
  "an expression may not give %j",
  (given) => {
    expect(() => durationMs(read("${ .wait }")!, scope({ wait: given }))).toThrow("not a duration");
  },
);

test.each<Json>(["P", "PT", "P1M", "1h", 5, { seconds: 1.5 }, { years: 1 }, null])(
  "%j is none",
  (value) => {
    const reading = new Reading(useNamesOf({}));
    duration({ value, pointer: "", reading, variables: [], usesSecrets: false });
    expect(reading.isSound).toBe(false);
  },
);
