import { isMap, isSeq, type Node } from "yaml";
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
  const manifest = new Manifest();
  for (const text of texts) manifest.add(text);
  return manifest.finish();
}

/** Definitions that are read one text after the other. */
export class Manifest {
  readonly #problems: ManifestProblem[] = [];
  readonly #documents: ManifestDocument[] = [];
  readonly #names = new Set<string>();

  /** What is wrong with a text is said at the end, with all the rest. */
  add(text: ManifestText): void {
    this.#names.add(text.name);
    const file = readYaml(text);
    this.#problems.push(...file.problems);
    // What a file with broken syntax seems to say is not what its author meant.
    if (file.problems.length > 0) return;
    for (const root of file.roots.flatMap(itemsOf)) {
      const read = readDocument(root, file);
      this.#problems.push(...read.problems);
      if (read.document) this.#documents.push(read.document);
    }
  }

  /** Nothing was said, not even wrongly. */
  get isEmpty(): boolean {
    return this.#documents.length === 0 && this.#problems.length === 0;
  }

  /**
   * @throws StigmerError `invalid-argument` with every mistake and where it stands; `usage` when
   * there is nothing.
   */
  finish(): ManifestDocument[] {
    if (this.#problems.length > 0) throw manifestError(this.#problems);
    if (this.#documents.length > 0) return this.#documents;
    throw new StigmerError("usage", `${[...this.#names].join(", ")}: nothing is in there.`, {
      hint: "Write at least one resource with apiVersion, kind, metadata and spec.",
    });
  }
}

/** A list as commands print it, `items: […]`, is its items. */
function itemsOf(root: Node): Node[] {
  if (!isMap(root) || root.has("kind")) return [root];
  const items = root.get("items", true);
  return isSeq(items) ? (items.items as Node[]) : [root];
}
