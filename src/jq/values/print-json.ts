import type { Meter } from "../meter.ts";
import { isArray, type JqValue } from "./value.ts";

const largest = "1.7976931348623157e+308";
const longestPiece = 4_096;

/** A number as jq writes it: NaN is null, infinities are the largest double, `1e-05` has two digits. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (value === Infinity) return largest;
  if (value === -Infinity) return `-${largest}`;
  if (Object.is(value, -0)) return "-0";
  return Number.isSafeInteger(value) && Math.abs(value) < 1e15 ? String(value) : printDigits(value);
}

function printDigits(value: number): string {
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  const point = exponent + 1;
  if (point <= -4 || point > digits.length + 15) return exponential(sign, digits, exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function exponential(sign: string, digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
}

/**
 * A value as compact JSON.
 * @throws JqLimitError when the text is larger than the meter has memory for: a value that holds the
 * same array many times can be exponentially longer than what it takes in memory.
 */
export function printJson(value: JqValue, meter: Meter): string {
  switch (typeof value) {
    case "number":
      return printNumber(value);
    case "string":
      if (value.length > longestPiece) meter.allocate(value.length);
      return printString(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      return value === null ? "null" : printContainer(value, meter);
  }
}

// oxlint-disable-next-line no-control-regex
const deleteCharacter = /\u007f/g;

function printString(text: string): string {
  const json = JSON.stringify(text);
  return json.includes("\u007f") ? json.replace(deleteCharacter, "\\u007f") : json;
}

function printContainer(value: Exclude<JqValue, null | boolean>, meter: Meter): string {
  if (isArray(value)) {
    meter.copy(value.length);
    return `[${value.map((item) => printJson(item, meter)).join(",")}]`;
  }
  const entries = Object.entries(value);
  meter.copy(2 * entries.length);
  return `{${entries.map(([key, item]) => `${printString(key)}:${printJson(item, meter)}`).join(",")}}`;
}
