import type { Json } from "../../contract/json.ts";
import type { EvaluationScope, Expression } from "./expression.ts";

/** JSON with expressions in its texts. Made once; what they give is never read for expressions again. */
export type Template =
  | { readonly kind: "constant"; readonly value: Json }
  /** A text that is one `${ … }`: the value itself. */
  | { readonly kind: "expression"; readonly expression: Expression }
  /** `${ … }` within a text: what they give is written into it. */
  | { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "list"; readonly items: readonly Template[] }
  | { readonly kind: "map"; readonly members: readonly (readonly [string, Template])[] };

/** @throws ExpressionError */
export function evaluateTemplate(template: Template, scope: EvaluationScope): Json {
  switch (template.kind) {
    case "constant":
      return template.value;
    case "expression":
      return template.expression.evaluate(scope);
    case "text":
      return template.parts.map((part) => writtenPart(part, scope)).join("");
    case "list":
      return template.items.map((item) => evaluateTemplate(item, scope));
    case "map":
      // Not from an object literal: `__proto__` is a name like any other.
      return Object.fromEntries(
        template.members.map(([name, member]) => [name, evaluateTemplate(member, scope)]),
      );
  }
}

/** As jq's `tostring`: a text is itself, anything else its JSON. */
function writtenPart(part: string | Expression, scope: EvaluationScope): string {
  if (typeof part === "string") return part;
  const value = part.evaluate(scope);
  return typeof value === "string" ? value : JSON.stringify(value);
}
