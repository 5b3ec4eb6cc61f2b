import { bareExpression } from "../expression/expression-readers.ts";
import { mapOf, optional, required } from "../reading/map-readers.ts";
import { childOf, type Reader } from "../reading/reading.ts";
import { listOf, mapped, nonEmptyText } from "../reading/value-readers.ts";
import { singleEntry } from "./single-entry.ts";
import type { SwitchCase } from "./task.ts";

const caseMap = mapOf(
  { when: optional(bareExpression), then: required(nonEmptyText) },
  { if: "when", condition: "when", case: "when", next: "then", goto: "then" },
);

/** `{large: {when: .size > 10, then: alert}}` */
const switchCase: Reader<SwitchCase> = (place) => {
  const entry = singleEntry(place, "case");
  const read = entry && caseMap(entry.place);
  return entry && read && { name: entry.name, when: read.when, next: read.then };
};

/** In their order; one of them may be without a condition. */
export const switchCases = mapped(listOf(switchCase, 1), (cases, place) => {
  const twice = cases.findLastIndex(({ when }) => when === undefined);
  const first = cases.findIndex(({ when }) => when === undefined);
  if (twice === first) return cases;
  const at = childOf(childOf(place, twice, null), cases[twice]?.name ?? "", null);
  const message = `has no "when", and neither has "${cases[first]?.name}": one case is the default`;
  return place.reading.refuse(at, "unique", message);
});
