import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from "yaml";
import { memberPath } from "../../contract/member-path.ts";
import { Aliases } from "./aliases.ts";
import type { ManifestProblem } from "./manifest-problem.ts";
import type { YamlFile } from "./yaml-documents.ts";

/** Reads the nodes of one document as JSON, and remembers where everything stands. */
export class NodeReader {
  readonly problems: ManifestProblem[] = [];
  /** `FILE:LINE:COLUMN` of each value by its path: `spec.mcpServers[1].ref`. */
  readonly positions = new Map<string, string>();
  /** Of the keys of free values, in the same way. */
  readonly keys = new Map<string, string>();
  readonly #file: YamlFile;
  readonly #aliases: Aliases;

  constructor(file: YamlFile) {
    this.#file = file;
    this.#aliases = new Aliases(file.targets);
  }

  refuse(node: Node, path: string, { rule, message }: Omit<ManifestProblem, "at" | "path">): void {
    this.problems.push({ at: this.place(node), path, rule, message });
  }

  /** A value that has no descriptor. */
  readPlain(node: Node, path: string): JsonValue {
    if (isSeq(node)) {
      return node.items.map((item, index) => this.#plainAt(item as Node, `${path}[${index}]`));
    }
    if (!isMap(node)) return this.#plainScalar(node, path);
    const json: JsonObject = {};
    for (const [name, key, value] of this.entries(node, path)) {
      const at = memberPath(path, name);
      this.keys.set(at, this.place(key));
      if (Object.hasOwn(json, name)) this.refuseTwice(key, at);
      defineMember(json, name, this.#plainAt(value, at));
    }
    return json;
  }

  /** Keys as they are written, with the nodes of key and value. */
  protected *entries(map: YAMLMap, path: string): Generator<readonly [string, Node, Node]> {
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const { key, value } = pair;
      if (!isScalar(key)) {
        this.refuse(key, path, { rule: "key", message: "has a key that is no text" });
      } else yield [String(key.source ?? key.value), key, value ?? nothingAt(key)];
    }
  }

  protected resolved<Result>(
    node: Node,
    path: string,
    read: (target: Node) => Result,
  ): Result | undefined {
    return this.#aliases.read(node, read, (message) => {
      this.refuse(node, path, { rule: "alias", message });
    });
  }

  protected refuseTwice(key: Node, path: string): void {
    this.refuse(key, path, { rule: "duplicate", message: "is given twice" });
  }

  protected place(node: Node): string {
    return this.#file.place(node.range?.[0] ?? 0);
  }

  #plainAt(node: Node, path: string): JsonValue {
    this.positions.set(path, this.place(node));
    return this.resolved(node, path, (value) => this.readPlain(value, path)) ?? null;
  }

  #plainScalar(node: Node, path: string): JsonValue {
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value !== "number" || Number.isFinite(value)) return value as JsonValue;
    this.refuse(node, path, { rule: "type", message: `is ${value}, which JSON does not have` });
    return null;
  }
}

/** The value of a key that stands alone. */
function nothingAt({ range }: Node): Node {
  const nothing = new Scalar(null);
  if (range) nothing.range = range;
  return nothing;
}

/** Also for a key such as `__proto__`, which an assignment would lose. */
export function defineMember(json: JsonObject, name: string, value: JsonValue): void {
  Object.defineProperty(json, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
