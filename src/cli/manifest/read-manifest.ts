import { StigmerError } from "../../contract/errors.ts";
import type { InputSource } from "../input/read-text.ts";
import { type ManifestText, readManifestFiles } from "./manifest-files.ts";
import { type ManifestDocument, readDocument } from "./manifest-document.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";
import { skillFolderDocument } from "./skill-folder-document.ts";
import { readYaml } from "./yaml-documents.ts";

/**
 * Reads the definitions of files, folders and stdin (`-`).
 *
 * @throws StigmerError `invalid-argument` with every mistake of every file and where it stands;
 * `usage` when there is nothing.
 */
export async function readManifest(
  places: readonly string[],
  source: InputSource,
): Promise<ManifestDocument[]> {
  if (places.length === 0) {
    throw new StigmerError("usage", "--file is missing: what to read.", {
      hint: "Write -f FILE, -f FOLDER, or -f - for stdin.",
    });
  }
  const { texts, skillFolders } = await readManifestFiles(places, source);
  const skills = skillFolders.map(skillFolderDocument);
  return texts.length === 0 ? skills : [...parseManifest(texts), ...skills];
}

/** {@link readManifest} of what was read already. */
export function parseManifest(texts: readonly ManifestText[]): ManifestDocument[] {
  const problems: ManifestProblem[] = [];
  const documents: ManifestDocument[] = [];
  for (const text of texts) {
    const file = readYaml(text);
    problems.push(...file.problems);
    // What a file with broken syntax seems to say is not what its author meant.
    if (file.problems.length > 0) continue;
    for (const root of file.roots) {
      const read = readDocument(root, file);
      problems.push(...read.problems);
      if (read.document) documents.push(read.document);
    }
  }
  if (problems.length > 0) throw manifestError(problems);
  if (documents.length > 0) return documents;
  throw new StigmerError(
    "usage",
    `${texts.map(({ name }) => name).join(", ")}: nothing is in there.`,
    {
      hint: "Write at least one resource with apiVersion, kind, metadata and spec.",
    },
  );
}
