import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StigmerError } from "../../contract/errors.ts";
import { fileError, systemCodeOf } from "../../system/file-error.ts";

export interface NewFile {
  /** Below the folder. */
  readonly path: string;
  readonly text: string;
  /** One that is there already is as good. */
  readonly optional?: true;
}

export interface WrittenFiles {
  readonly written: readonly string[];
  /** Optional ones that were there already. */
  readonly kept: readonly string[];
}

/**
 * Writes files that are not there yet, and none when one of them is.
 *
 * @throws StigmerError `already-exists` naming what is there; of the file system
 */
export async function writeNewFiles(
  folder: string,
  files: readonly NewFile[],
): Promise<WrittenFiles> {
  const placed = files.map((file) => ({ ...file, at: join(folder, file.path) }));
  const there = placed.filter(({ at }) => isThere(at));
  const taken = there.filter(({ optional }) => !optional);
  if (taken.length > 0) throw alreadyThere(taken.map(({ at }) => at));
  const missing = placed.filter((file) => !there.includes(file));
  for (const { at, text } of missing) writeNew(at, text);
  return { written: missing.map(({ at }) => at), kept: there.map(({ at }) => at) };
}

function writeNew(path: string, text: string): void {
  makeFolder(dirname(path));
  try {
    // Made by this call or not at all, and never through a link.
    writeFileSync(path, text, { flag: "wx" });
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") throw alreadyThere([path]);
    throw fileError("create", path, cause);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") throw noFolder(path);
    throw fileError("create", path, cause);
  }
}

function noFolder(path: string): StigmerError {
  return new StigmerError("already-exists", `${path} exists already and is no folder.`, {
    hint: "Name another folder: stigmer init DIR",
  });
}

/** Also for a link to nothing. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // What cannot be looked at is told when it cannot be written.
  }
}

function alreadyThere(paths: readonly string[]): StigmerError {
  const exist = paths.length === 1 ? "exists" : "exist";
  return new StigmerError("already-exists", `${paths.join(" and ")} ${exist} already.`, {
    hint: "Nothing was overwritten. Name another folder: stigmer init DIR",
  });
}
