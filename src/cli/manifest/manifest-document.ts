import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { isMap, isScalar, type Node, type YAMLMap } from "yaml";
import { messageOf } from "../../contract/errors.ts";
import {
  type ResourceDocument,
  ResourceDocumentSchema,
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { WorkflowSpecSchema } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { type Kind, kindOf as kindNumbered, kinds } from "../../contract/kinds.ts";
import { apiVersion } from "../../contract/metadata-keys.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { isBareWorkflow, nameOfBareWorkflow } from "../workflow/definition-form.ts";
import { MessageReader } from "./message-reader.ts";
import type { ManifestProblem } from "./manifest-problem.ts";
import { nodeText } from "./node-text.ts";
import { dividedVersions, readSkillVersions } from "./skill-versions-node.ts";
import type { YamlFile } from "./yaml-documents.ts";

/** One definition of a file. */
export interface ManifestDocument {
  readonly document: ResourceDocument;
  /** What a skill was besides, oldest first; their skill is the document. */
  readonly versions?: readonly TaggedSkillVersion[];
  /** Where it starts: `FILE:LINE:COLUMN`. */
  readonly place: string;
  /** Where each of its values stands, by its path. */
  readonly positions: ReadonlyMap<string, string>;
  /** Where the keys of free values stand, in the same way. */
  readonly keys: ReadonlyMap<string, string>;
  /** Where the files of a skill are that is no document but a folder. */
  readonly skillFolder?: string;
}

/** The versions of a document as a set holds them, with what their skill is called. */
export function versionsOf({ document, versions = [] }: ManifestDocument): TaggedSkillVersion[] {
  const { slug = "", name = "" } = document.resource.value?.metadata ?? {};
  return versions.map((each) => ({ ...each, skill: slug || name }));
}

export interface ReadDocument {
  /** What it says without what is wrong; undefined when it has no shape. */
  readonly document: ManifestDocument | undefined;
  readonly problems: readonly ManifestProblem[];
}

const workflowKind = kindNumbered(ApiResourceKind.WORKFLOW);

/** Kinds that a user writes down. */
const declared = kinds.filter(({ info }) => info.definition);

export function readDocument(root: Node, file: YamlFile): ReadDocument {
  const { document, problems } = readShape(root, file);
  const place = file.place(root.range?.[0] ?? 0);
  return { document, problems: problems.map((each) => ({ ...each, document: place })) };
}

function readShape(root: Node, file: YamlFile): ReadDocument {
  const reader = new MessageReader(file);
  const isBare = isBareWorkflow(root);
  const kind = isBare ? workflowKind : kindOf(root, reader);
  if (!kind) return { document: undefined, problems: reader.problems };
  const { own, list } = dividedVersions(kind, root);
  const json = isBare ? readBareWorkflow(root, reader) : reader.readMessage(kind.message, own, "");
  const versions = list ? readSkillVersions(list, reader) : [];
  const { problems, positions, keys, emptyFields } = reader;
  const field = ResourceDocumentSchema.fields.find(({ message }) => message === kind.message);
  try {
    const value = fromJson(kind.message, json);
    const resource = { case: field?.localName, value } as ResourceDocument["resource"];
    const document = create(ResourceDocumentSchema, { resource, emptyFields });
    const place = file.place(root.range?.[0] ?? 0);
    const read = versions.map((each) => fromJson(TaggedSkillVersionSchema, each));
    return { document: { document, versions: read, place, positions, keys }, problems };
  } catch (thrown) {
    // What is left of a document with mistakes may be no message.
    if (problems.length === 0) {
      reader.refuse(root, "", { rule: "type", message: messageOf(thrown) });
    }
    return { document: undefined, problems };
  }
}

/** A document of the specification is the spec of a resource that is called like it. */
function readBareWorkflow(root: YAMLMap, reader: MessageReader): JsonObject {
  return {
    metadata: { name: nameOfBareWorkflow(root) },
    spec: reader.readMessage(WorkflowSpecSchema, root, "spec"),
  };
}

/** The kind of a resource; what is wrong with it is found by the reader. */
export function kindOf(root: Node, reader: MessageReader): Kind | undefined {
  if (!isMap(root)) {
    reader.refuse(root, "", { rule: "type", message: `is ${nodeText(root)}, not a resource` });
    return undefined;
  }
  const version = root.get("apiVersion", true) ?? root.get("api_version", true);
  if (isScalar(version) && version.value !== null && version.value !== apiVersion) {
    const message = `is ${nodeText(version)}, not "${apiVersion}"`;
    reader.refuse(version, "apiVersion", { rule: "version", message });
  }
  const names = declared.map(({ info }) => info.name);
  const node = root.get("kind", true);
  if (!node) {
    const message = `is missing: one of ${names.join(", ")}`;
    reader.refuse(root, "kind", { rule: "required", message });
    return undefined;
  }
  const found = declared.find(({ info }) => info.name === node.value);
  if (!found) reader.refuse(node, "kind", { rule: "kind", message: unknownKind(node, names) });
  return found;
}

function unknownKind(node: Node, names: readonly string[]): string {
  const value = isScalar(node) ? String(node.value) : "";
  if (kinds.some(({ info }) => info.name === value)) {
    return `"${value}" is not written in files, but ${names.join(", ")} are`;
  }
  const nearest = nearestName(value, names);
  const hint = nearest === undefined ? `one of ${names.join(", ")}` : `did you mean "${nearest}"?`;
  return `there is no kind ${nodeText(node)}; ${hint}`;
}
