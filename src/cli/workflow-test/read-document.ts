import { readTextFile } from "../input/read-text.ts";
import { manifestError, type ManifestProblem } from "../manifest/manifest-problem.ts";
import { readYaml } from "../manifest/yaml-documents.ts";
import { readYamlJson, type YamlJson } from "../manifest/yaml-json.ts";

/**
 * The one document of a YAML or JSON file.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands
 */
export async function readDocument(path: string): Promise<YamlJson> {
  const file = readYaml({ name: path, text: await readTextFile(path) });
  const [root, second] = file.roots;
  if (file.problems.length > 0) throw manifestError(file.problems);
  if (!root) throw manifestError([problem(`${path}:1:1`, "is empty")]);
  if (second) {
    const at = file.place(second.range?.[0] ?? 0);
    throw manifestError([problem(at, "is a second document; one file has one")]);
  }
  const read = readYamlJson(root, file);
  if (read.problems.length > 0) throw manifestError(read.problems);
  return read;
}

function problem(at: string, message: string): ManifestProblem {
  return { at, path: "", rule: "syntax", message };
}
