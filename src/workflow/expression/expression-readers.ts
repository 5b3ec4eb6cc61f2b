import type { Json } from "../../contract/json.ts";
import { JqSyntaxError } from "../../jq/errors.ts";
import { childOf, type Place, type Reader, valueText } from "../reading/reading.ts";
import { secretsAreAllowed } from "./check-secrets.ts";
import { Expression } from "./expression.ts";
import { LooseExpression } from "./loose-expression.ts";
import { splitExpressions, type TextPart, UnclosedExpression } from "./split-expressions.ts";
import type { Template } from "./template.ts";

/** Names that expressions may use everywhere; what does not exist at a place is null there. */
const standardVariables = [
  "context",
  "input",
  "output",
  "secrets",
  "secret",
  "authorization",
  "task",
  "workflow",
  "runtime",
] as const;

/** What is always an expression (`if`, `while`, `in`, …): `${ }` around it is optional. */
export const bareExpression: Reader<Expression> = (place) => {
  const { value, reading } = place;
  if (typeof value !== "string") {
    return reading.refuse(place, "type", `is ${valueText(value)}, not an expression`);
  }
  const parts = partsOf(value, place);
  if (!parts) return undefined;
  const [only, ...others] = withoutMargins(parts);
  const isWrapped = only?.kind === "expression" && others.length === 0;
  return compiled(isWrapped ? only.source : value, place);
};

/** An expression only when the whole text is one `${ … }`; otherwise `undefined` without a finding. */
export function wholeExpression(place: Place): Expression | undefined {
  const { value } = place;
  if (typeof value !== "string" || !/^\s*\$\{/.test(value)) return undefined;
  const [only, ...others] = withoutMargins(partsOf(value, place) ?? []);
  return only?.kind === "expression" && others.length === 0
    ? compiled(only.source, place)
    : undefined;
}

/** JSON with expressions in its texts. */
export const template: Reader<Template> = (place) => {
  const { value } = place;
  if (typeof value === "string") return textTemplate(value, place);
  if (Array.isArray(value)) return listTemplate(value, place);
  if (typeof value === "object" && value !== null) return mapTemplate(Object.entries(value), place);
  return { kind: "constant", value };
};

function textTemplate(value: string, place: Place): Template | undefined {
  const parts = partsOf(value, place);
  if (!parts) return undefined;
  if (parts.every(({ kind }) => kind === "text")) {
    return looseTemplate(value, place) ?? { kind: "constant", value };
  }
  const [only, ...others] = withoutMargins(parts);
  if (only?.kind === "expression" && others.length === 0) {
    const expression = compiled(only.source, place);
    return expression && { kind: "expression", expression };
  }
  const read = parts.map((part) =>
    part.kind === "text" ? part.text : compiled(part.source, place),
  );
  const whole = read.filter((part) => part !== undefined);
  return whole.length === read.length ? { kind: "text", parts: whole } : undefined;
}

/** With `evaluate.mode: loose`, a text that happens to be jq. */
function looseTemplate(value: string, place: Place): Template | undefined {
  const { reading, pointer, variables } = place;
  if (reading.mode !== "loose") return undefined;
  try {
    const names = [...standardVariables, ...variables];
    const expression = new LooseExpression(value, pointer, names);
    return secretsAreAllowed(value, place) ? { kind: "expression", expression } : undefined;
  } catch (thrown) {
    if (thrown instanceof JqSyntaxError) return undefined;
    throw thrown;
  }
}

function listTemplate(value: readonly Json[], place: Place): Template | undefined {
  const read = value.map((item, index) => template(childOf(place, index, item)));
  const items = read.filter((item) => item !== undefined);
  if (items.length !== read.length) return undefined;
  return items.every(isConstant) ? { kind: "constant", value } : { kind: "list", items };
}

function mapTemplate(
  entries: readonly (readonly [string, Json])[],
  place: Place,
): Template | undefined {
  const read = entries.map(
    ([name, member]) => [name, template(childOf(place, name, member))] as const,
  );
  const members = read.flatMap(([name, member]) => (member ? [[name, member] as const] : []));
  if (members.length !== read.length) return undefined;
  const isFixed = members.every(([, member]) => isConstant(member));
  return isFixed ? { kind: "constant", value: place.value } : { kind: "map", members };
}

function isConstant({ kind }: Template): boolean {
  return kind === "constant";
}

function compiled(source: string, place: Place): Expression | undefined {
  const { pointer, reading, variables } = place;
  try {
    const names = [...standardVariables, ...variables];
    const Kind = reading.mode === "loose" ? LooseExpression : Expression;
    const expression = new Kind(source, pointer, names);
    return secretsAreAllowed(source, place) ? expression : undefined;
  } catch (thrown) {
    if (!(thrown instanceof JqSyntaxError)) throw thrown;
    const at =
      thrown.line === 1
        ? `column ${thrown.column}`
        : `line ${thrown.line}, column ${thrown.column}`;
    return reading.refuse(
      place,
      "expression",
      `${thrown.message}, at ${at} of ${valueText(source.trim())}`,
    );
  }
}

function partsOf(value: string, place: Place): TextPart[] | undefined {
  try {
    return splitExpressions(value);
  } catch (thrown) {
    if (!(thrown instanceof UnclosedExpression)) throw thrown;
    return place.reading.refuse(place, "expression", `${valueText(value)}: ${thrown.message}`);
  }
}

function withoutMargins(parts: readonly TextPart[]): TextPart[] {
  return parts.filter((part) => part.kind === "expression" || part.text.trim() !== "");
}
