import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/**
 * JSON as YAML 1.2 that every reader of 1.1 or 1.2 reads as the same JSON, and that is the same text
 * for the same value. Keys stay in their order; texts of several lines become block literals where
 * nothing of them could be lost.
 */
export function yamlText(value: JsonValue): string {
  return isCollection(value) ? linesOf(value, "") : `${scalarText(value, "")}\n`;
}

type Collection = JsonObject | JsonValue[];

function linesOf(value: Collection, indent: string): string {
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += itemText(item, indent);
  } else {
    for (const [key, inner] of Object.entries(value)) {
      text += `${indent}${keyText(key)}:${valueText(inner, indent)}`;
    }
  }
  return text;
}

/** What stands behind a key, with the end of its line. */
function valueText(value: JsonValue, indent: string): string {
  if (!isCollection(value)) return ` ${scalarText(value, indent)}\n`;
  // The items of a list stand below their key, moved in as everything below a key.
  return `\n${linesOf(value, `${indent}  `)}`;
}

/** The first key of a map stands behind the dash of its item. */
function itemText(item: JsonValue, indent: string): string {
  if (!isCollection(item)) return `${indent}- ${scalarText(item, indent)}\n`;
  const below = `${indent}  `;
  return `${indent}- ${linesOf(item, below).slice(below.length)}`;
}

/** What is empty is written in one line, as `[]` or `{}`. */
function isCollection(value: JsonValue): value is Collection {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function scalarText(value: JsonValue, indent: string): string {
  if (typeof value === "string") return stringText(value, indent);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  return String(value);
}

/** YAML 1.1 reads `1e+21` as text; the sign of a zero is kept. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

function keyText(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function stringText(text: string, indent: string): string {
  if (text.includes("\n")) return blockText(text, indent) ?? quoted(text);
  return isPlain(text) ? text : quoted(text);
}

/** Letters first, and nothing inside that means something in YAML. */
const plain = /^[A-Za-z_/](?:[A-Za-z0-9_./@+,()=;!?'"$%^~<> -]|:(?! |$))*$/;
/** What 1.1 or 1.2 reads as something else than text. */
const reserved = /^(?:true|false|yes|no|on|off|y|n|null|\.?nan|\.?inf)$/i;

function isPlain(text: string): boolean {
  return plain.test(text) && !text.endsWith(" ") && !reserved.test(text);
}

/**
 * Control characters, what some readers take for the end of a line or drop, halves of pairs, and
 * everything beyond the first plane that YAML calls not printable.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** A block literal; undefined for what readers lose of one, or nobody sees: lines of blanks alone. */
function blockText(text: string, indent: string): string | undefined {
  const isLost = unprintable.test(text) || /^\n*$/.test(text) || /^[\t ]+$/m.test(text);
  if (isLost) return undefined;
  const inner = `${indent}  `;
  const sizeMark = /^[ \t\n]/.test(text) ? "2" : "";
  const [, end = ""] = /(\n*)$/.exec(text) ?? [];
  const endMark = end.length === 0 ? "-" : end.length === 1 ? "" : "+";
  const lines = (end === "" ? text : text.slice(0, -1)).split("\n");
  const body = lines.map((line) => (line === "" ? "" : inner + line)).join("\n");
  return `|${sizeMark}${endMark}\n${body}`;
}

const escaped = new RegExp(unprintable.source, "gu");

/** In double quotes, with the escapes of JSON, which YAML has too. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    escaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
