import { isMap, isSeq, type Node } from "yaml";
import { StigmerError } from "../../contract/errors.ts";
import type { InputSource } from "../input/read-text.ts";
import { type ManifestText, readManifestFiles } from "./manifest-files.ts";
import { type ManifestDocument, readDocument } from "./manifest-document.ts";
import { inFileOrder } from "./in-file-order.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";
import { skillFolderDocument } from "./skill-folder-document.ts";
import { readYaml, type YamlFile } from "./yaml-documents.ts";

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
  return (await openManifest(places, source)).finish();
}

/**
 * {@link readManifest} with the mistakes in what it returns.
 *
 * @throws StigmerError `invalid-argument` for a place that cannot be read; `usage` for none
 */
export async function openManifest(
  places: readonly string[],
  source: InputSource,
): Promise<Manifest> {
  if (places.length === 0) {
    throw new StigmerError("usage", "--file is missing: what to read.", {
      hint: "Write -f FILE, -f FOLDER, or -f - for stdin.",
    });
  }
  const { texts, skillFolders } = await readManifestFiles(places, source);
  const manifest = new Manifest();
  for (const text of texts) manifest.add(text);
  for (const folder of skillFolders) manifest.addSkill(folder);
  return manifest;
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
  readonly #unread: Node[] = [];
  readonly #names = new Set<string>();

  /** What is wrong with a text is said at the end, with all the rest. */
  add(text: ManifestText): void {
    this.#names.add(text.name);
    const file = readYaml(text);
    this.#problems.push(...file.problems);
    const roots = file.roots.flatMap(itemsOf);
    // What a file with broken syntax seems to say is not what its author meant.
    if (file.problems.length > 0) this.#unread.push(...roots);
    else for (const root of roots) this.#addDocument(root, file);
  }

  /** A folder with a SKILL.md. */
  addSkill(folder: string): void {
    const document = skillFolderDocument(folder);
    this.#names.add(document.place.replace(/:1:1$/, ""));
    this.#documents.push(document);
  }

  #addDocument(root: Node, file: YamlFile): void {
    const { document, problems } = readDocument(root, file);
    this.#problems.push(...problems);
    if (document) this.#documents.push(document);
    else this.#unread.push(root);
  }

  /** Nothing was said, not even wrongly. */
  get isEmpty(): boolean {
    return this.#documents.length === 0 && this.#problems.length === 0;
  }

  /** What was found wrong so far. */
  get problems(): readonly ManifestProblem[] {
    return this.#problems;
  }

  /** What has a shape; what is wrong with one of them is left out of it. */
  get documents(): readonly ManifestDocument[] {
    return this.#documents;
  }

  /** What documents without a shape seem to be called. */
  get unreadNames(): ReadonlySet<string> {
    return new Set(this.#unread.flatMap(namesOf));
  }

  /** These in the order of files and lines. */
  inOrder(problems: readonly ManifestProblem[]): ManifestProblem[] {
    return inFileOrder(problems, [...this.#names]);
  }

  /**
   * @throws StigmerError `invalid-argument` with every mistake and where it stands; `usage` when
   * there is nothing.
   */
  finish(): ManifestDocument[] {
    if (this.#problems.length > 0) throw manifestError(this.inOrder(this.#problems));
    if (this.#documents.length > 0) return this.#documents;
    throw new StigmerError("usage", `${[...this.#names].join(", ")}: nothing is in there.`, {
      hint: "Write at least one resource with apiVersion, kind, metadata and spec.",
    });
  }
}

/** Name and slug of a resource, as far as it can be read. */
function namesOf(root: Node): string[] {
  const metadata = isMap(root) ? root.get("metadata", true) : undefined;
  if (!isMap(metadata)) return [];
  return [metadata.get("name"), metadata.get("slug")].filter((name) => typeof name === "string");
}

/** A list as commands print it, `items: […]`, is its items. */
function itemsOf(root: Node): Node[] {
  if (!isMap(root) || root.has("kind")) return [root];
  const items = root.get("items", true);
  return isSeq(items) ? (items.items as Node[]) : [root];
}
