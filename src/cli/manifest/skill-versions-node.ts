import type { JsonObject } from "@bufbuild/protobuf";
import { isMap, isScalar, type Node, type Pair, YAMLMap } from "yaml";
import { ResourceSetSchema } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../../contract/kinds.ts";
import type { MessageReader } from "./message-reader.ts";

/** What the list is called in a document. */
export const versionsKey = "versions";

/** A skill, and the list of versions beside its spec, which is no field of it. */
export function dividedVersions(
  kind: Kind,
  root: Node,
): { readonly own: Node; readonly list?: Node } {
  if (kind.number !== ApiResourceKind.SKILL || !isMap(root)) return { own: root };
  const pair = (root.items as Pair<Node, Node | null>[]).find(
    ({ key }) => isScalar(key) && key.value === versionsKey,
  );
  if (!pair?.value) return { own: root };
  const own = new YAMLMap(root.schema);
  own.items = root.items.filter((each) => each !== pair);
  if (root.range) own.range = root.range;
  return { own, list: pair.value };
}

/** In proto3 JSON. What is wrong stands in the problems of the reader. */
export function readSkillVersions(list: Node, reader: MessageReader): JsonObject[] {
  const read = reader.readField(ResourceSetSchema.field.skillVersions, list, versionsKey);
  const versions = Array.isArray(read) ? (read as JsonObject[]) : [];
  for (const [index, { skill }] of versions.entries()) {
    if (skill === undefined) continue;
    const message = "is the skill of the document: leave it out";
    reader.refuse(list, `${versionsKey}[${index}].skill`, { rule: "unknown", message });
  }
  return versions;
}
