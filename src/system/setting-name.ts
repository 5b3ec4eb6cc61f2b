import { StigmerError } from "../contract/errors.ts";
import { nearestName } from "../contract/nearest-name.ts";
import { settingsTable } from "./settings-table.ts";
import type { SettingRow } from "./setting-row.ts";
import type { SettingPattern } from "./setting-types.ts";

/** A name taken apart along its pattern in the table. */
export interface ParsedName {
  readonly name: string;
  readonly pattern: SettingPattern;
  readonly row: SettingRow;
  /** What stands for the part in capitals; undefined in a name without one. */
  readonly placeholder: string | undefined;
  /** The nested keys in the file: `providers`, `my.host/v1`, `baseUrl`. */
  readonly keys: readonly string[];
}

export const settingPatterns = Object.keys(settingsTable) as SettingPattern[];

/**
 * Finds the row of a name; a fixed name wins over a pattern that would fit too.
 * @throws StigmerError invalid-argument with the nearest name
 */
export function parseSettingName(name: string): ParsedName {
  const fixed = settingPatterns.find((pattern) => pattern === name && !placeholderOf(pattern));
  if (fixed) return { ...described(name, fixed), placeholder: undefined, keys: name.split(".") };
  for (const pattern of settingPatterns) {
    const parsed = fitPattern(name, pattern);
    if (parsed) return parsed;
  }
  throw unknownName(name);
}

function fitPattern(name: string, pattern: SettingPattern): ParsedName | undefined {
  const capitals = placeholderOf(pattern);
  if (!capitals) return undefined;
  const [head = "", tail = ""] = pattern.split(capitals);
  const placeholder = name.slice(head.length, name.length - tail.length);
  const fits = name.length > head.length + tail.length && name === head + placeholder + tail;
  if (!fits) return undefined;
  const keys = pattern.split(".").map((part) => (part === capitals ? placeholder : part));
  return { ...described(name, pattern), placeholder, keys };
}

function described(name: string, pattern: SettingPattern) {
  return { name, pattern, row: settingsTable[pattern] as SettingRow };
}

function placeholderOf(pattern: string): string | undefined {
  return pattern.split(".").find((part) => /^[A-Z]+$/.test(part));
}

function unknownName(name: string): StigmerError {
  const nearest = nearestName(
    name,
    settingPatterns.flatMap((pattern) => likelyNames(name, pattern)),
  );
  return new StigmerError("invalid-argument", `there is no setting "${name}"`, {
    hint: nearest ? `did you mean ${nearest}?` : "stigmer config list names every setting",
  });
}

/** The pattern filled with the typed name's own middle, so that only real mistakes count. */
function likelyNames(name: string, pattern: string): string[] {
  const capitals = placeholderOf(pattern);
  if (!capitals) return [pattern];
  const parts = pattern.split(".");
  const before = parts.indexOf(capitals);
  const after = parts.length - before - 1;
  const typed = name.split(".");
  const filler = typed.slice(before, typed.length - after).join(".");
  return filler === "" ? [pattern] : [pattern.replace(capitals, () => filler), pattern];
}
