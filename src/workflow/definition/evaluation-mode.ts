import type { Json } from "../../contract/json.ts";
import { mapOf, membersIn, optional } from "../reading/map-readers.ts";
import type { EvaluationMode } from "../reading/reading.ts";
import { word } from "../reading/value-readers.ts";

/** How the expressions of a document are written and evaluated. */
export const evaluate = mapOf({
  language: optional(word("jq")),
  mode: optional(word("strict", "loose")),
});

/** Known before any expression is read; what is wrong with `evaluate` is found when it is read. */
export function modeOf(document: Json): EvaluationMode {
  const { mode } = membersIn(membersIn(document)["evaluate"]);
  return mode === "loose" ? "loose" : "strict";
}
