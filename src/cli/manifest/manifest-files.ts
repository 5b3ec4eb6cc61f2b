import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StigmerError } from "../../contract/errors.ts";
import { unreadableFile } from "../input/unreadable-file.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { projectFileName } from "../../system/project-file.ts";
import { readStdin } from "../input/read-stdin.ts";
import type { InputSource } from "../input/read-text.ts";

/** The text of one file; `name` is what positions in errors start with. */
export interface ManifestText {
  readonly name: string;
  readonly text: string;
  /** Of the file, where the text starts. Absent: 1. */
  readonly firstLine?: number;
}

/** A file of definitions is written by hand. */
const maxManifestBytes = 1 << 20;

/** What was found at the places that were named. */
export interface ManifestFiles {
  readonly texts: readonly ManifestText[];
  /** Folders with a SKILL.md: each is one skill. */
  readonly skillFolders: readonly string[];
}

/**
 * Reads files, folders (every `.yaml`, `.yml` and `.json` below them, sorted by path; what starts
 * with a dot is left out, and so are a project file, tests of
 * workflows and their journals) and stdin, which is `-`. A folder with a
 * SKILL.md is a skill, whatever else is below it.
 *
 * @throws StigmerError `invalid-argument` for what cannot be read, is larger than 1 MB or is not
 * UTF-8; `usage` when there is no file at all.
 */
export async function readManifestFiles(
  places: readonly string[],
  source: InputSource,
): Promise<ManifestFiles> {
  if (places.filter((place) => place === "-").length > 1) {
    throw new StigmerError("usage", "stdin can be read only once.", { hint: "Write -f - once." });
  }
  const texts: ManifestText[] = [];
  const skillFolders: string[] = [];
  for (const place of places) {
    if (place === "-") texts.push({ name: "stdin", text: await readInput(source) });
    else {
      const found = await findManifestFiles(place);
      skillFolders.push(...found.skillFolders);
      for (const path of found.files) texts.push(await readFileText(path, source));
    }
  }
  if (texts.length > 0 || skillFolders.length > 0) return { texts, skillFolders };
  const quoted = places.map((place) => `"${place}"`).join(", ");
  throw new StigmerError("usage", `There is no .yaml, .yml or .json file in ${quoted}.`, {
    hint: "Name a file, or a folder that has some.",
  });
}

async function readInput({ terminal, signal }: InputSource): Promise<string> {
  return await readStdin(terminal, signal, maxManifestBytes);
}

interface FoundFiles {
  readonly files: readonly string[];
  readonly skillFolders: readonly string[];
}

/** The definitions at one place, which are not read yet: see {@link readManifestFiles}. */
export async function findManifestFiles(place: string): Promise<FoundFiles> {
  try {
    if ((await stat(place)).isDirectory()) return await foundBelow(place);
  } catch (cause) {
    throw unreadableFile(place, cause);
  }
  const isSkill = basename(place) === skillDocumentPath;
  return isSkill ? skillAt(dirname(place)) : { files: [place], skillFolders: [] };
}

/** Links to files are followed, links to folders are not: they may lead in a circle. */
async function foundBelow(folder: string): Promise<FoundFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === skillDocumentPath)) return skillAt(folder);
  const files: string[] = [];
  const skillFolders: string[] = [];
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === projectFileName) continue;
    if (entry.isDirectory()) {
      const below = await foundBelow(path);
      files.push(...below.files);
      skillFolders.push(...below.skillFolders);
    } else if (isManifest(entry.name) && (await stat(path)).isFile()) {
      files.push(path);
    }
  }
  return { files, skillFolders };
}

/** Tests of workflows and their journals stand beside what they test, and define nothing. */
function isManifest(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !/\.(test|journal)\.[a-z]+$/i.test(name);
}

function skillAt(folder: string): FoundFiles {
  return { files: [], skillFolders: [folder] };
}

async function readFileText(name: string, { signal }: InputSource): Promise<ManifestText> {
  const chunks: Buffer[] = [];
  try {
    // One byte more than allowed; a named pipe has no size to look at.
    const stream = createReadStream(name, { end: maxManifestBytes, signal });
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw unreadableFile(name, cause);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxManifestBytes) {
    throw new StigmerError("invalid-argument", `${name} is larger than 1 MB.`, {
      hint: "Split it into several files.",
    });
  }
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw new StigmerError("invalid-argument", `${name} is not UTF-8.`, {
      hint: "Save it as UTF-8.",
      cause,
    });
  }
}
