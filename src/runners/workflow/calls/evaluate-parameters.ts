import type { Json } from "../../../contract/json.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";

/** A text from a template: a number and a truth value are written out. @throws WorkflowFailure for another kind */
export function evaluateText(template: Template, scope: EvaluationScope, what: string): string {
  return textOf(evaluateTemplate(template, scope), what);
}

/** The members of the map that a template gives; none for an absent template. */
export function evaluateMap(
  template: Template | undefined,
  scope: EvaluationScope,
  what: string,
): { readonly [name: string]: Json } {
  const value = template === undefined ? {} : evaluateTemplate(template, scope);
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as { [name: string]: Json };
  throw standardFailure("expression", `${what} are ${kindOf(value)}, not a map`);
}

export function textOf(value: Json, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw standardFailure("expression", `${what} is ${kindOf(value)}, not a text`);
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
