import { realpathSync } from "node:fs";
import { isMap, isScalar } from "yaml";
import type { Document } from "yaml";
import { StigmerError } from "../contract/errors.ts";
import { waitForLock } from "./file-lock.ts";
import { replacePrivateFile } from "./private-file.ts";
import { readTextFile } from "./read-text-file.ts";
import { parseSettingName } from "./setting-name.ts";
import type { ParsedName } from "./setting-name.ts";
import { parseSettingValue } from "./setting-value.ts";
import { parseSettingsDocument } from "./settings-document.ts";

const lockTimeoutMs = 5_000;

/**
 * Sets a value in a settings file, or removes it (`undefined`). Comments, order and all else in the
 * file stay as they are; of several writers at once none loses its change. The file becomes 0600.
 * @param text the value as a person writes it
 * @throws StigmerError invalid-argument for an unknown name or a bad value
 */
export async function writeSetting(
  path: string,
  name: string,
  text: string | undefined,
): Promise<void> {
  const setting = parseSettingName(name);
  const value = text === undefined ? undefined : fileValue(setting, text);
  using _lock = await waitForLock(`${path}.lock`, lockTimeoutMs);
  const { document, leaves } = parseSettingsDocument(readTextFile(path) ?? "", path);
  const existing = leaves.find((leaf) => leaf.name === name)?.keys;
  if (value !== undefined) setValue(document, existing ?? setting.keys, value);
  else if (existing) removeValue(document, existing);
  else return;
  // Through a link that the user made, so that the link stays.
  replacePrivateFile(
    realPath(path),
    document.contents === null ? comments(document) : String(document),
  );
}

function fileValue(setting: ParsedName, text: string): string | number | boolean {
  const value = parseSettingValue(setting, text, "given");
  const isPlain = ["integer", "number", "boolean"].includes(setting.row.type);
  return isPlain ? value : text.trim();
}

function setValue(document: Document, keys: readonly unknown[], value: unknown): void {
  for (let depth = 1; depth < keys.length; depth++) {
    const above = document.getIn(keys.slice(0, depth), true);
    // `runner:` with nothing below it reads as null and takes no keys.
    if (isScalar(above) && above.value === null) document.deleteIn(keys.slice(0, depth));
    else if (above !== undefined && !isMap(above)) throw inTheWay(keys.slice(0, depth));
  }
  document.setIn(keys, value);
}

function removeValue(document: Document, keys: readonly unknown[]): void {
  document.deleteIn(keys);
  for (let depth = keys.length - 1; depth > 0; depth--) {
    const above = document.getIn(keys.slice(0, depth));
    if (isMap(above) && above.items.length === 0) document.deleteIn(keys.slice(0, depth));
  }
  if (isMap(document.contents) && document.contents.items.length === 0) document.contents = null;
}

/** A document without contents would be written as `null`. */
function comments(document: Document): string {
  const lines = [document.commentBefore, document.comment].filter(Boolean).join("\n").split("\n");
  return lines[0] === "" ? "" : `${lines.map((line) => `#${line}`).join("\n")}\n`;
}

function inTheWay(keys: readonly unknown[]): StigmerError {
  const name = keys.map(String).join(".");
  return new StigmerError("invalid-argument", `${name} has a value of its own in the file`, {
    hint: `remove ${name} from the file first`,
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Not there yet.
  }
}
