import { stat } from "node:fs/promises";
import type { Entry, ZipFile } from "yauzl";
import { messageOf, type StigmerError } from "../../contract/errors.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { skillPathProblem } from "../../contract/skill-path.ts";
import { strayNames } from "./read-skill-folder.ts";
import { skillProblem } from "./skill-problem.ts";
import { skillLimits, type SkillSource, type SourceFile } from "./skill-source.ts";

const maxPackedBytes = 100_000_000;

/** More is made to fill a disk. Archives below a megabyte unpacked do no harm. */
const maxRatio = 100;
const harmlessBytes = 1_000_000;

/**
 * The files of a zip archive. What all of them have in common, one folder around them, is left out.
 *
 * @throws StigmerError `invalid-argument` for what is no zip archive, is larger packed or unpacked
 * than a skill may be, holds links, encrypted files, a path twice or one that leads elsewhere
 */
export async function readSkillArchive(place: string): Promise<SkillSource> {
  const packedBytes = (await stat(place)).size;
  if (packedBytes > maxPackedBytes) {
    throw skillProblem(
      place,
      `it has ${packedBytes} bytes, and at most ${maxPackedBytes} are read`,
    );
  }
  const { openPromise } = await import("yauzl");
  const options = { autoClose: false, strictFileNames: true } as const;
  const zip = await openPromise(place, options).catch((cause: unknown) => {
    throw unreadable(place, cause);
  });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => zip.close());
  const entries = await entriesOf(place, zip, packedBytes);
  const folder = commonFolder(entries);
  const files = entries.map((entry) => fileOf(place, zip, { entry, folder }));
  const kept = opened.move();
  return { files, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function entriesOf(place: string, zip: ZipFile, packedBytes: number): Promise<Entry[]> {
  if (zip.entryCount > skillLimits.files * 2) throw tooMany(place);
  const entries = new Map<string, Entry>();
  let unpackedBytes = 0;
  for await (const entry of readable(place, zip)) {
    const { fileName } = entry;
    if (fileName.split("/").some((name) => strayNames.has(name))) continue;
    const isFolder = fileName.endsWith("/");
    const problem = entryProblem(entry, isFolder ? fileName.slice(0, -1) : fileName);
    if (problem !== undefined) throw skillProblem(`${place}: ${JSON.stringify(fileName)}`, problem);
    if (entries.has(fileName)) throw skillProblem(`${place}: "${fileName}"`, "it is there twice");
    if (isFolder) continue;
    entries.set(fileName, entry);
    unpackedBytes += entry.uncompressedSize;
    refuseBomb(place, { files: entries.size, unpackedBytes, packedBytes });
  }
  return [...entries.values()];
}

interface Unpacked {
  readonly files: number;
  readonly unpackedBytes: number;
  readonly packedBytes: number;
}

/** By what the archive says of itself; the library keeps each file to its word. */
function refuseBomb(place: string, { files, unpackedBytes, packedBytes }: Unpacked): void {
  if (files > skillLimits.files) throw tooMany(place);
  if (unpackedBytes > skillLimits.bytes) {
    throw skillProblem(place, `it unpacks to more than ${skillLimits.bytes} bytes`);
  }
  if (unpackedBytes > harmlessBytes && unpackedBytes > packedBytes * maxRatio) {
    throw skillProblem(place, `it unpacks to more than ${maxRatio} times its size`);
  }
}

function entryProblem(entry: Entry, path: string): string | undefined {
  const mode = modeOf(entry);
  const type = mode & 0o170000;
  const plainTypes = [0, 0o100000, 0o040000];
  if (type === 0o120000) return "it is a link, and a skill has none";
  if (!plainTypes.includes(type)) return "it is no plain file";
  const problem = skillPathProblem(path);
  if (problem !== undefined) return `its path ${problem}`;
  if (entry.isEncrypted()) return "it is encrypted";
  return entry.canDecodeFileData() ? undefined : "it is packed in a way that cannot be read";
}

/** 0 for archives of systems that know no modes. */
function modeOf({ versionMadeBy, externalFileAttributes }: Entry): number {
  const [unix, mac] = [3, 19];
  const system = versionMadeBy >> 8;
  return system === unix || system === mac ? externalFileAttributes >>> 16 : 0;
}

/** `style/` when everything lies below it and the skill's own file at its top. */
function commonFolder(entries: readonly Entry[]): string {
  const top = entries[0]?.fileName.split("/", 1)[0] ?? "";
  const folder = `${top}/`;
  const isCommon = entries.every(({ fileName }) => fileName.startsWith(folder));
  const isSkill = entries.some(({ fileName }) => fileName === folder + skillDocumentPath);
  return isCommon && isSkill ? folder : "";
}

interface Placed {
  readonly entry: Entry;
  readonly folder: string;
}

function fileOf(place: string, zip: ZipFile, { entry, folder }: Placed): SourceFile {
  return {
    path: entry.fileName.slice(folder.length),
    executable: (modeOf(entry) & 0o111) !== 0,
    async *open() {
      try {
        yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw unreadable(`${place}: "${entry.fileName}"`, cause);
      }
    },
  };
}

async function* readable(place: string, zip: ZipFile): AsyncGenerator<Entry, void, undefined> {
  try {
    yield* zip.eachEntry();
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

function tooMany(place: string): StigmerError {
  return skillProblem(place, `it holds more than ${skillLimits.files} files`);
}

function unreadable(place: string, cause: unknown): StigmerError {
  return skillProblem(place, `it cannot be read as a zip archive: ${messageOf(cause)}`);
}
