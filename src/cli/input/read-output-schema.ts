import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import type { Json } from "../../contract/json.ts";
import { checkSchema } from "../../json-schema/check-schema.ts";
import { manifestError } from "../manifest/manifest-problem.ts";
import { MessageReader } from "../manifest/message-reader.ts";
import { nearestPosition } from "../manifest/nearest-position.ts";
import { readYaml } from "../manifest/yaml-documents.ts";
import { readStdin } from "./read-stdin.ts";
import { type InputSource, readTextFile } from "./read-text.ts";

/**
 * The JSON Schema in a file, or of stdin (`-`): JSON, or the same in YAML.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands.
 */
export async function readOutputSchema(path: string, source: InputSource): Promise<JsonObject> {
  const text =
    path === "-"
      ? { name: "stdin", text: await readStdin(source.terminal, source.signal) }
      : { name: path, text: await readTextFile(path) };
  const file = readYaml(text);
  if (file.problems.length > 0) throw manifestError(file.problems);
  const [root, ...others] = file.roots;
  if (!root || others.length > 0) throw noSchema(text.name);
  const reader = new MessageReader(file);
  const schema = reader.readPlain(root, "");
  if (!isObject(schema)) throw noSchema(text.name);
  const start = file.place(root.range?.[0] ?? 0);
  const wrong = checkSchema(schema as Json).map((problem) => ({
    ...problem,
    at: nearestPosition(reader.positions, problem.path) ?? start,
  }));
  const problems = [...reader.problems, ...wrong];
  if (problems.length > 0) throw manifestError(problems);
  return schema;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function noSchema(name: string): StigmerError {
  const message = `${name} does not hold one JSON Schema: { "type": "object", … }.`;
  return new StigmerError("invalid-argument", message);
}
