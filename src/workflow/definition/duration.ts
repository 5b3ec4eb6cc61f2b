import type { EvaluationScope, Expression } from "../expression/expression.ts";
import { ExpressionError } from "../expression/expression.ts";
import { wholeExpression } from "../expression/expression-readers.ts";
import { mapOf, optional } from "../reading/map-readers.ts";
import { type Reader, valueText } from "../reading/reading.ts";
import { wholeNumber } from "../reading/value-readers.ts";

/** A length of time. */
export type Duration =
  | { readonly kind: "fixed"; readonly ms: number }
  /** Gives an ISO 8601 text, or a map of units. */
  | { readonly kind: "expression"; readonly expression: Expression };

const unitMs = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
} as const;

const amount = optional(wholeNumber(0));

const unitMap = mapOf(
  { days: amount, hours: amount, minutes: amount, seconds: amount, milliseconds: amount },
  { ms: "milliseconds", millis: "milliseconds" },
);

const isoForm =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const isoUnitsMs = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000] as const;

/** `{seconds: 30}`, `PT30S`, or an expression. */
export const duration: Reader<Duration> = (place) => {
  const { value, reading } = place;
  if (typeof value !== "string") {
    const units = unitMap(place);
    return units && { kind: "fixed", ms: sumOf(units) };
  }
  const found = reading.findings.length;
  const expression = wholeExpression(place);
  if (expression) return { kind: "expression", expression };
  if (reading.findings.length > found) return undefined;
  const ms = isoDurationMs(value);
  if (ms !== undefined) return { kind: "fixed", ms };
  const hint = "such as PT30S, P1DT12H, or a map such as {seconds: 30}";
  return reading.refuse(place, "form", `is ${valueText(value)}, not a duration ${hint}`);
};

/** Milliseconds. @throws ExpressionError when an expression gives no duration */
export function durationMs(length: Duration, scope: EvaluationScope): number {
  if (length.kind === "fixed") return length.ms;
  const { expression } = length;
  const value = expression.evaluate(scope);
  const ms = typeof value === "string" ? isoDurationMs(value) : unitsOf(value);
  if (ms !== undefined) return ms;
  const message = `${expression.source.trim()} gave ${valueText(value)}, not a duration`;
  throw new ExpressionError(expression.pointer, message);
}

function isoDurationMs(text: string): number | undefined {
  const parts = isoForm.exec(text)?.slice(1);
  if (!parts || parts.every((part) => part === undefined) || text.endsWith("T")) return undefined;
  const total = isoUnitsMs.reduce((sum, unit, index) => sum + Number(parts[index] ?? 0) * unit, 0);
  return Math.round(total);
}

function unitsOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const isSound = entries.every(
    ([name, count]) => name in unitMs && typeof count === "number" && count >= 0,
  );
  return isSound ? sumOf(value) : undefined;
}

type Units = { readonly [Unit in keyof typeof unitMs]?: number | undefined };

function sumOf(units: Units): number {
  const sizes = Object.entries(unitMs) as [keyof typeof unitMs, number][];
  return Math.round(sizes.reduce((sum, [unit, ms]) => sum + (units[unit] ?? 0) * ms, 0));
}
