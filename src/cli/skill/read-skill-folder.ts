import { createReadStream, type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { skillPathProblem } from "../../contract/skill-path.ts";
import { fileError } from "../../system/file-error.ts";
import { skillProblem } from "./skill-problem.ts";
import { skillLimits, type SkillSource, type SourceFile } from "./skill-source.ts";

/** What tools leave in a folder, and nobody means by its content. */
export const strayNames: ReadonlySet<string> = new Set([
  ".git",
  ".DS_Store",
  "Thumbs.db",
  "__MACOSX",
]);

/**
 * The files below a folder. Nothing is left out but {@link strayNames}.
 *
 * @throws StigmerError `invalid-argument` for links and whatever else is no plain file, for names
 * that a skill cannot have, and for more than 10,000 files
 */
export async function readSkillFolder(folder: string): Promise<SkillSource> {
  const files: SourceFile[] = [];
  await addFiles(folder, "", files);
  return { files, [Symbol.asyncDispose]: async () => {} };
}

async function addFiles(folder: string, below: string, files: SourceFile[]): Promise<void> {
  for (const entry of await entriesOf(join(folder, below))) {
    if (strayNames.has(entry.name)) continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const place = join(folder, path);
    const problem = skillPathProblem(path);
    if (problem !== undefined) throw skillProblem(JSON.stringify(place), `its name ${problem}`);
    if (entry.isDirectory()) await addFiles(folder, path, files);
    else files.push(await fileAt(place, path, entry));
    if (files.length > skillLimits.files) {
      throw skillProblem(folder, `there are more than ${skillLimits.files} files`);
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw fileError("read", folder, cause);
  }
}

async function fileAt(place: string, path: string, entry: Dirent): Promise<SourceFile> {
  if (entry.isSymbolicLink()) {
    throw skillProblem(place, "it is a link, and a skill has none", "put the file itself there");
  }
  if (!entry.isFile()) throw skillProblem(place, "it is no plain file");
  const { mode } = await stat(place).catch((cause: unknown) => {
    throw fileError("read", place, cause);
  });
  return { path, executable: (mode & 0o111) !== 0, open: () => contentOf(place) };
}

async function* contentOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}
