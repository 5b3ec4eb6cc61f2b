import { type DescField, type ScalarType, ScalarType as Scalars } from "@bufbuild/protobuf";

/** What a field holds, as it is written in a file: `text`, `list of AgentMcpServer`. */
export function fieldType(field: DescField): string {
  switch (field.fieldKind) {
    case "list":
      return `list of ${singleType(field)}`;
    case "map":
      return `map of ${singleType(field)}`;
    default:
      return singleType(field);
  }
}

function singleType(field: DescField): string {
  if (field.message) return field.message.name;
  if (field.enum) return field.enum.name;
  return field.scalar === undefined ? "value" : scalarType(field.scalar);
}

function scalarType(type: ScalarType): string {
  switch (type) {
    case Scalars.STRING:
      return "text";
    case Scalars.BOOL:
      return "true or false";
    case Scalars.DOUBLE:
    case Scalars.FLOAT:
      return "number";
    case Scalars.BYTES:
      return "base64";
    default:
      return "whole number";
  }
}
