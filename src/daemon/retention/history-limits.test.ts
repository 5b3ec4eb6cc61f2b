import { expect, test } from "bun:test";
import { type HistoryLimits, surplus } from "./history-limits.ts";

const now = 1_000;
const oldest = [100, 200, 300, 400].map((endedAt, index) => ({
  id: `aex-${index + 1}`,
  endedAt,
  bytes: 10,
}));
const unlimited: HistoryLimits = { executions: 0, ageMs: 0, bytes: 0 };

test.each<[string, Partial<HistoryLimits>, string[]]>([
  ["without limits everything stays", {}, []],
  ["as many as the number allows stay", { executions: 2 }, ["aex-1", "aex-2"]],
  ["a number that is not reached removes nothing", { executions: 4 }, []],
  ["what ended before the age goes", { ageMs: 750 }, ["aex-1", "aex-2"]],
  ["what ended exactly at the age stays", { ageMs: 900 }, []],
  ["the oldest go until the bytes fit", { bytes: 25 }, ["aex-1", "aex-2"]],
  ["the strictest limit counts", { bytes: 25, executions: 1 }, ["aex-1", "aex-2", "aex-3"]],
  ["a limit below one execution leaves none", { bytes: 1 }, oldest.map(({ id }) => id)],
])("%s", (_, limits, gone) => {
  const totals = { executions: 4, bytes: 40 };
  const found = surplus(totals, oldest, { ...unlimited, ...limits }, now);
  expect(found.map(({ id }) => id)).toEqual(gone);
});

test("what cannot go counts, and what can goes instead of it", () => {
  const totals = { executions: 104, bytes: 1_040 };
  const found = surplus(totals, oldest, { ...unlimited, executions: 102 }, now);
  expect(found.map(({ id }) => id)).toEqual(["aex-1", "aex-2"]);
});
