import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, StigmerError } from "../../contract/errors.ts";

/** How the files of tests in a folder are called. */
const testFileName = /\.test\.(ya?ml|json)$/i;

/**
 * The files that are named, and those below folders that are: `*.test.yaml`, sorted by path.
 *
 * @throws StigmerError `not-found` for what is not there, `usage` for a folder without tests
 */
export async function findTestFiles(places: readonly string[]): Promise<string[]> {
  const found = await Promise.all(places.map(filesAt));
  return [...new Set(found.flat())];
}

async function filesAt(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
  } catch (cause) {
    throw new StigmerError("not-found", `Cannot read ${place}: ${messageOf(cause)}.`, { cause });
  }
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && testFileName.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (files.length > 0) return files;
  throw new StigmerError("usage", `There is no *.test.yaml in ${place}.`, {
    hint: "Name a file of tests, or a folder that has some.",
  });
}
