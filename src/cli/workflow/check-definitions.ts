import { isMap, type Node } from "yaml";
import type { JsonObject } from "@bufbuild/protobuf";
import { WorkflowSchema } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import type { Json } from "../../contract/json.ts";
import { readWorkflow } from "../../workflow/read-workflow.ts";
import type { Finding } from "../../workflow/reading/finding.ts";
import { pathOfPointer, pointerOfPath, valueAt } from "../../workflow/reading/pointer-path.ts";
import { kindOf } from "../manifest/manifest-document.ts";
import type { ManifestText } from "../manifest/manifest-files.ts";
import type { ManifestProblem } from "../manifest/manifest-problem.ts";
import { MessageReader } from "../manifest/message-reader.ts";
import { nearestPosition } from "../manifest/nearest-position.ts";
import { NodeReader } from "../manifest/node-reader.ts";
import { readYaml, type YamlFile } from "../manifest/yaml-documents.ts";

/** A {@link Finding} with its place; the pointer is into the document of the file. */
export interface LocatedFinding extends Finding {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface CheckedFile {
  readonly file: string;
  /** Documents of the file that are workflows. */
  readonly workflows: number;
  readonly findings: readonly LocatedFinding[];
}

/** What is wrong with the workflows of a file. Documents of other kinds are passed over. */
export function checkDefinitions(text: ManifestText): CheckedFile {
  const file = readYaml(text);
  if (file.problems.length > 0) {
    return { file: text.name, workflows: 1, findings: file.problems.map(locatedProblem) };
  }
  const checked = file.roots.flatMap((root) => checkDocument(root, file) ?? []);
  const findings = checked.flat().toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { file: text.name, workflows: checked.length, findings };
}

/** Undefined: a resource of another kind, or nothing of ours. */
function checkDocument(root: Node, file: YamlFile): [LocatedFinding[]] | undefined {
  if (!isMap(root)) return undefined;
  if (!root.has("kind")) {
    const isDefinition = root.has("document") || root.has("do");
    return isDefinition ? [checkDefinition(root, "", file)] : undefined;
  }
  const reader = new MessageReader(file);
  const kind = kindOf(root, reader);
  if (kind && kind.message !== WorkflowSchema) return undefined;
  if (kind) reader.readMessage(kind.message, root, "");
  const spec = root.get("spec", true);
  const outside = reader.problems.filter(({ path }) => !spec || !path.startsWith("spec"));
  const inside = spec ? checkDefinition(spec as Node, "spec", file) : [];
  return [[...outside.map(locatedProblem), ...inside]];
}

/** @param path where the definition stands in its document: empty, or `spec` */
function checkDefinition(node: Node, path: string, file: YamlFile): LocatedFinding[] {
  const reader = new NodeReader(file);
  const json = reader.readPlain(node, path) as Json;
  const { findings } = readWorkflow(withoutOurs(json));
  const start = file.place(node.range?.[0] ?? 0);
  const located = findings.map((finding) => {
    const at = pathOfPointer(json, finding.pointer, path);
    const place = placeOf(finding, valueAt(json, finding.pointer), { reader, path: at });
    const pointer = path === "" ? finding.pointer : `/${path}${finding.pointer}`;
    return { ...finding, pointer, ...lineAndColumn(place ?? start) };
  });
  return [...reader.problems.map(locatedProblem), ...located];
}

/** Environments stand beside the document of the specification. */
function withoutOurs(json: Json): Json {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const { environmentRefs: _ours, ...document } = json as JsonObject;
  return document;
}

/** A single value for itself; what is unknown, a map or a list by its key. */
function placeOf(
  { rule }: Finding,
  value: Json | undefined,
  { reader, path }: { readonly reader: NodeReader; readonly path: string },
): string | undefined {
  const key = reader.keys.get(path);
  const isSingle = typeof value !== "object" || value === null;
  if (key !== undefined && (rule === "unknown-property" || !isSingle)) return key;
  return nearestPosition(reader.positions, path);
}

function locatedProblem({ at, path, rule, message }: ManifestProblem): LocatedFinding {
  return { severity: "error", pointer: pointerOfPath(path), rule, message, ...lineAndColumn(at) };
}

/** Of `FILE:LINE:COLUMN`. */
function lineAndColumn(place: string): { readonly line: number; readonly column: number } {
  const [column, line] = place.split(":").toReversed();
  return { line: Number(line), column: Number(column) };
}
