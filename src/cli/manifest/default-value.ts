import type { DescField, JsonObject, JsonValue } from "@bufbuild/protobuf";

/** Whether a message with this value of a field cannot be told from one that never mentions it. */
export function isDefaultValue(field: DescField, json: JsonValue): boolean {
  if (field.fieldKind === "list") return Array.isArray(json) && json.length === 0;
  if (field.fieldKind === "map") return Object.keys(json as JsonObject).length === 0;
  if (field.fieldKind === "message" || field.oneof !== undefined) return false;
  if (field.proto.proto3Optional) return false;
  if (field.fieldKind === "enum") return json === field.enum.values[0]?.name;
  return json === "" || json === 0 || json === "0" || json === false;
}
