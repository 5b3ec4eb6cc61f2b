import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { decodeBase64 } from "./base64.ts";
import { describe } from "./describe.ts";
import { printJson, printNumber } from "./print-json.ts";
import { isArray, type JqArray, type JqValue } from "./value.ts";

/** How `@name` writes a value; what is no text is written as JSON first. */
const formats: Readonly<Record<string, (value: JqValue, meter: Meter) => string>> = {
  text: toText,
  json: printJson,
  csv: (value, meter) => row(value, { name: "csv", separator: ",", quote: quoteCsv }, meter),
  tsv: (value, meter) => row(value, { name: "tsv", separator: "\t", quote: escapeTsv }, meter),
  html: (value, meter) =>
    toText(value, meter).replace(/[<>&'"]/g, (found) => entities[found] ?? ""),
  uri: (value, meter) => percentEncode(toText(value, meter)),
  urid: (value, meter) => percentDecode(toText(value, meter)),
  sh: (value, meter) => shellWords(value, meter),
  base64: (value, meter) => Buffer.from(toText(value, meter)).toString("base64"),
  base64d: (value, meter) => decodeBase64(toText(value, meter)),
  base32: (value, meter) => encodeBase32(toText(value, meter)),
  base32d: (value, meter) => decodeBase32(toText(value, meter)),
};

export function isFormat(name: string): boolean {
  return Object.hasOwn(formats, name);
}

/** @throws JqError for a name that is no format, and for a value that does not fit it. */
export function formatValue(name: string, value: JqValue, meter: Meter): string {
  const format = isFormat(name) ? formats[name] : undefined;
  if (format === undefined) throw new JqError(`${name} is not a valid format`);
  const text = format(value, meter);
  meter.allocate(text.length);
  return text;
}

/** A text as it is, everything else as JSON. */
export function toText(value: JqValue, meter: Meter): string {
  return typeof value === "string" ? value : printJson(value, meter);
}

const entities: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "'": "&apos;",
  '"': "&quot;",
};

interface RowFormat {
  readonly name: string;
  readonly separator: string;
  readonly quote: (text: string) => string;
}

function row(value: JqValue, { name, separator, quote }: RowFormat, meter: Meter): string {
  if (!isArray(value)) {
    throw new JqError(`${describe(value)} cannot be ${name}-formatted, only array`);
  }
  meter.step(value.length);
  const cell = (item: JqValue) => {
    switch (typeof item) {
      case "string":
        return quote(item);
      case "number":
        return Number.isNaN(item) ? "" : printNumber(item);
      case "boolean":
        return String(item);
      default:
        if (item === null) return "";
        throw new JqError(`${describe(item)} is not valid in a csv row`);
    }
  };
  return value.map(cell).join(separator);
}

function quoteCsv(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

const tsvEscapes: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\r": "\\r",
  "\n": "\\n",
  "\\": "\\\\",
};

function escapeTsv(text: string): string {
  return text.replace(/[\t\r\n\\]/g, (found) => tsvEscapes[found] ?? "");
}

function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function percentDecode(text: string): string {
  const bytes: Buffer[] = text
    .split(/((?:%[0-9a-fA-F]{2})+)/)
    .map((part, index) =>
      index % 2 === 1 ? Buffer.from(part.replaceAll("%", ""), "hex") : Buffer.from(part),
    );
  if (/%(?![0-9a-fA-F]{2})/.test(text)) {
    throw new JqError(`${describe(text)} is not a valid uri encoding`);
  }
  return Buffer.concat(bytes).toString();
}

function shellWords(value: JqValue, meter: Meter): string {
  const items: JqArray = isArray(value) ? value : [value];
  const quoted = items.map((item) => {
    if (typeof item === "string") return `'${item.replaceAll("'", `'\\''`)}'`;
    if (typeof item !== "object" || item === null) return toText(item, meter);
    throw new JqError(`${describe(item)} can not be escaped for shell`);
  });
  return quoted.join(" ");
}
