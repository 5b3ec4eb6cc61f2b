import { isAlias, isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import type { Json } from "../../contract/json.ts";
import type { ManifestProblem } from "./manifest-problem.ts";
import { nodeText } from "./node-text.ts";
import type { YamlFile } from "./yaml-documents.ts";

/** A document as JSON, and where its values stand. */
export interface YamlJson {
  readonly value: Json;
  readonly problems: readonly ManifestProblem[];
  /** `FILE:LINE:COLUMN` of the value at a JSON pointer, or of the nearest one around it. */
  readonly place: (pointer: string) => string;
}

/** Values of one document, with aliases written out: a file is written by hand. */
const maxValues = 500_000;

/** Reads a document whose form is not known here. Duplicate keys, and what is no JSON, are problems. */
export function readYamlJson(root: Node, file: YamlFile): YamlJson {
  const reader = new JsonReader(file);
  const value = reader.read(root);
  return { value, problems: reader.problems, place: (pointer) => placeOf(root, file, pointer) };
}

class JsonReader {
  readonly problems: ManifestProblem[] = [];
  readonly #file: YamlFile;
  /** Inside of which the reader is: an alias to one of them has no end. */
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(file: YamlFile) {
    this.#file = file;
  }

  read(node: unknown): Json {
    if (!isNode(node)) return null;
    this.#values += 1;
    if (this.#values > maxValues) return this.#tooLarge(node);
    if (isAlias(node)) return this.#readTarget(node);
    if (isScalar(node)) return this.#readScalar(node);
    if (isSeq(node)) return this.#within(node, () => node.items.map((item) => this.read(item)));
    return isMap(node) ? this.#within(node, () => this.#readMap(node)) : null;
  }

  #readTarget(node: Parameters<YamlFile["targets"]["get"]>[0]): Json {
    const target = this.#file.targets.get(node);
    if (!target) return this.#refuse(node, `there is no anchor "${node.source}" before it`);
    if (this.#open.has(target)) return this.#refuse(node, "stands for what it is a part of");
    return this.read(target);
  }

  #readScalar(node: Node & { readonly value: unknown }): Json {
    const { value } = node;
    const isFinite = typeof value !== "number" || Number.isFinite(value);
    if (value === null || ["string", "boolean", "number"].includes(typeof value)) {
      if (isFinite) return value as Json;
    }
    return this.#refuse(node, `is ${nodeText(node)}, which is no JSON`);
  }

  #readMap(map: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] }) {
    const members = new Map<string, Json>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined) this.#refuse(key as Node, "is no name");
      else if (members.has(name)) this.#refuse(key as Node, `"${name}" is there twice`);
      else members.set(name, this.read(value));
    }
    return Object.fromEntries(members);
  }

  #within(node: Node, read: () => Json): Json {
    this.#open.add(node);
    try {
      return read();
    } finally {
      this.#open.delete(node);
    }
  }

  #tooLarge(node: Node): null {
    if (this.#values > maxValues + 1) return null;
    return this.#refuse(node, `makes more than ${maxValues} values of the file`);
  }

  #refuse(node: Node, message: string): null {
    const at = this.#file.place(node.range?.[0] ?? 0);
    this.problems.push({ at, path: "", rule: "syntax", message });
    return null;
  }
}

function placeOf(root: Node, file: YamlFile, pointer: string): string {
  let offset = root.range?.[0] ?? 0;
  let node: unknown = root;
  for (const member of pointer.split("/").slice(1)) {
    const name = member.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isAlias(node)) node = file.targets.get(node);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(name)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return file.place(offset);
}
