import { bareExpression } from "../expression/expression-readers.ts";
import { mapOf, optional, required } from "../reading/map-readers.ts";
import type { Reader } from "../reading/reading.ts";
import { nonEmptyText } from "../reading/value-readers.ts";
import { singleEntry } from "./single-entry.ts";
import type { SwitchCase } from "./task.ts";

const caseMap = mapOf(
  { when: optional(bareExpression), then: required(nonEmptyText) },
  { if: "when", condition: "when", case: "when", next: "then", goto: "then" },
);

/** `{large: {when: .size > 10, then: alert}}` */
export const switchCase: Reader<SwitchCase> = (place) => {
  const entry = singleEntry(place, "case");
  const read = entry && caseMap(entry.place);
  return entry && read && { name: entry.name, when: read.when, next: read.then };
};
