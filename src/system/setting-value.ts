import { StigmerError, toStigmerError } from "../contract/errors.ts";
import { nearestName } from "../contract/nearest-name.ts";
import { formatByteSize, parseByteSize } from "./byte-size.ts";
import { formatDuration, longestTimerMs, parseDuration } from "./duration.ts";
import type { ParsedName } from "./setting-name.ts";
import type { SettingRow, SettingType } from "./setting-row.ts";

export type PlainValue = string | number | boolean;

/**
 * The value of a setting from the text a person wrote.
 * @param source where the text stood, for the message: `STIGMER_PORT`, `config.yaml:3:7`
 * @throws StigmerError invalid-argument that names type, value and an example
 */
export function parseSettingValue(setting: ParsedName, text: string, source: string): PlainValue {
  try {
    return parsers[setting.row.type](text.trim(), setting.row as never);
  } catch (cause) {
    throw badValue(setting, text, source, toStigmerError(cause));
  }
}

/** The text that {@link parseSettingValue} reads back to the same value. */
export function formatSettingValue(row: SettingRow, value: PlainValue): string {
  if (row.type === "duration") return formatDuration(Number(value));
  if (row.type === "bytes") return formatByteSize(Number(value));
  return String(value);
}

/** How a value is called in messages and help: `integer from 1 to 256`, `auto, always or never`. */
export function describeType(row: SettingType): string {
  switch (row.type) {
    case "enum":
      return `${row.values.slice(0, -1).join(", ")} or ${row.values.at(-1)}`;
    case "integer":
    case "number":
      return row.max === undefined
        ? `${row.type} of at least ${row.min}`
        : `${row.type} from ${row.min} to ${row.max}`;
    case "url":
      return "http or https URL";
    case "duration":
      return `duration of at most ${formatDuration(row.longestMs ?? longestTimedMs)}`;
    case "bytes":
      return "size";
    default:
      return row.type;
  }
}

type Parsers = {
  readonly [T in SettingType["type"]]: (
    text: string,
    row: Extract<SettingType, { type: T }>,
  ) => PlainValue;
};

/** A duration that is too long for a timer would fire at once. */
const longestTimedMs = Math.floor(longestTimerMs / 86_400_000) * 86_400_000;

const parsers: Parsers = {
  string: (text) => (text === "" ? refuse("it is empty") : text),
  url: (text) => (isWebUrl(text) ? text : refuse("it is not a URL")),
  boolean: parseBoolean,
  integer: (text, row) => (/^[+-]?\d+$/.test(text) ? inRange(Number(text), row) : refuse("")),
  number: (text, row) =>
    /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? inRange(Number(text), row) : refuse(""),
  duration: (text, { longestMs = longestTimedMs }) => {
    const durationMs = parseDuration(text);
    return durationMs <= longestMs ? durationMs : refuse("it is too long");
  },
  bytes: parseByteSize,
  enum: (text, row) => (row.values.includes(text) ? text : refuse(didYouMean(text, row.values))),
};

function parseBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(lower)) return true;
  if (["false", "0", "no", "off"].includes(lower)) return false;
  return refuse("");
}

function inRange(
  value: number,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
) {
  return value >= min && value <= max ? value : refuse("it is out of range");
}

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ["http:", "https:"].includes(url.protocol);
}

function didYouMean(text: string, values: readonly string[]): string {
  const nearest = nearestName(text, values);
  return nearest ? `did you mean ${nearest}?` : "";
}

function refuse(reason: string): never {
  throw new StigmerError("invalid-argument", reason);
}

function badValue(setting: ParsedName, text: string, source: string, reason: StigmerError) {
  const because = reason.message === "" ? "" : `: ${reason.message}`;
  const message = `${setting.name} cannot be ${JSON.stringify(text)} (${source})${because}`;
  return new StigmerError("invalid-argument", message, {
    hint: `write a value of type ${describeType(setting.row)}, for example ${setting.row.example}`,
  });
}
