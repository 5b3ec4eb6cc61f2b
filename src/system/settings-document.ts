import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { StigmerError } from "../contract/errors.ts";

/** One value of a settings file and where it stands. */
export interface SettingsLeaf {
  /** The keys down to it, as the file has them: a key may be a number, or hold dots itself. */
  readonly keys: readonly unknown[];
  /** The keys joined by dots. */
  readonly name: string;
  readonly text: string;
  /** `config.yaml:3:7`. */
  readonly place: string;
}

/** A settings file that can be changed without losing comments and order. */
export interface SettingsDocument {
  readonly document: Document;
  readonly leaves: readonly SettingsLeaf[];
}

const maxFileLength = 1024 * 1024;

/**
 * Reads a settings file: nested maps, or keys with dots, down to single values.
 * @param path only for messages
 * @throws StigmerError invalid-argument with line and column
 */
export function parseSettingsDocument(text: string, path: string): SettingsDocument {
  if (text.length > maxFileLength) {
    throw new StigmerError("invalid-argument", `${path} is longer than 1 MB`);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error)
    throw invalid(place(error.pos[0]), error.message.split(" at line ")[0] ?? error.message);
  const leaves = collectLeaves(document.contents, [], place);
  refuseDuplicates(leaves);
  return { document, leaves };
}

type Place = (offset: number) => string;

function collectLeaves(node: Node | null, keys: readonly unknown[], place: Place): SettingsLeaf[] {
  if (node === null || (isScalar(node) && node.value === null && keys.length < 2)) return [];
  const at = place(node.range?.[0] ?? 0);
  const name = keys.map(String).join(".");
  if (isMap<Node, Node | null>(node)) {
    return node.items.flatMap(({ key, value }) => {
      if (!isScalar(key)) throw invalid(at, "a key must be a plain name");
      return collectLeaves(value, [...keys, key.value], place);
    });
  }
  if (keys.length === 0) throw invalid(at, "settings are written as NAME: VALUE");
  if (!isScalar(node)) throw invalid(at, `${name} must be a single value`);
  if (node.value === null) throw invalid(at, `${name} has no value`);
  return [
    { keys, name, text: node.source ?? `${node.value as string | number | boolean}`, place: at },
  ];
}

function refuseDuplicates(leaves: readonly SettingsLeaf[]): void {
  const seen = new Map<string, SettingsLeaf>();
  for (const leaf of leaves) {
    const earlier = seen.get(leaf.name);
    if (earlier)
      throw invalid(leaf.place, `${leaf.name} is set a second time, after ${earlier.place}`);
    seen.set(leaf.name, leaf);
  }
}

function invalid(place: string, message: string): StigmerError {
  return new StigmerError("invalid-argument", `${place}: ${message}`);
}
