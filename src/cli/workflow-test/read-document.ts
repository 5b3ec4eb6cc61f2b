import type { Json } from "../../contract/json.ts";
import { pathOfPointer } from "../../workflow/reading/pointer-path.ts";
import { readTextFile } from "../input/read-text.ts";
import { manifestError, type ManifestProblem } from "../manifest/manifest-problem.ts";
import { nearestPosition } from "../manifest/nearest-position.ts";
import { NodeReader } from "../manifest/node-reader.ts";
import { readYaml } from "../manifest/yaml-documents.ts";

/** A document, and where its values stand. */
export interface ReadDocument {
  readonly value: Json;
  /** `FILE:LINE:COLUMN` of the value at a JSON pointer, or of the nearest one around it. */
  readonly place: (pointer: string) => string;
}

/**
 * The one document of a YAML or JSON file.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands
 */
export async function readDocument(path: string): Promise<ReadDocument> {
  const file = readYaml({ name: path, text: await readTextFile(path) });
  const [root, second] = file.roots;
  if (file.problems.length > 0) throw manifestError(file.problems);
  if (!root) throw manifestError([problem(`${path}:1:1`, "is empty")]);
  if (second) {
    const at = file.place(second.range?.[0] ?? 0);
    throw manifestError([problem(at, "is a second document; one file has one")]);
  }
  const reader = new NodeReader(file);
  const value = reader.readPlain(root, "") as Json;
  if (reader.problems.length > 0) throw manifestError(reader.problems);
  const start = file.place(root.range?.[0] ?? 0);
  const place = (pointer: string): string => {
    const at = pathOfPointer(value, pointer);
    return reader.keys.get(at) ?? nearestPosition(reader.positions, at) ?? start;
  };
  return { value, place };
}

function problem(at: string, message: string): ManifestProblem {
  return { at, path: "", rule: "syntax", message };
}
