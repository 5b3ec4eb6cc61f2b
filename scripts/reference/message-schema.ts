import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { anything, type JsonSchema, listOf, mapOf, text, truth } from "./json-schema.ts";

type Definitions = Record<string, JsonSchema>;

/**
 * Writes messages as JSON Schema: what the proto3 JSON mapping makes of them, and nothing else
 * (https://protobuf.dev/programming-guides/json/). Fields with their default value are absent, so
 * none is required.
 */
export class MessageSchemas {
  /** Of every message that was asked for and all that they hold, by full name. */
  readonly definitions: Definitions = {};

  /** A reference into `$defs`, where {@link definitions} belong. */
  reference(message: DescMessage): JsonSchema {
    const known = wellKnown[message.typeName];
    if (known !== undefined) return known;
    if (!(message.typeName in this.definitions)) {
      this.definitions[message.typeName] = anything; // A message may hold itself.
      this.definitions[message.typeName] = this.object(message);
    }
    return { $ref: `#/$defs/${message.typeName}` };
  }

  /** The message itself, with properties that our own output adds to it. */
  object(message: DescMessage, more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
    const own = message.fields.map((field) => [field.jsonName, this.#field(field)] as const);
    const choices = message.oneofs.map(({ fields }) => atMostOne(fields));
    return {
      type: "object",
      properties: { ...Object.fromEntries(own), ...more },
      ...(choices.length === 0 ? {} : { allOf: choices }),
      additionalProperties: false,
    };
  }

  #field(field: DescField): JsonSchema {
    switch (field.fieldKind) {
      case "list":
        return listOf(this.#value(field.listKind, field));
      case "map":
        return mapOf(this.#value(field.mapKind, field));
      default:
        return this.#value(field.fieldKind, field);
    }
  }

  #value(
    kind: "message" | "enum" | "scalar",
    { message, enum: values, scalar }: ValueType,
  ): JsonSchema {
    if (kind === "message" && message) return this.reference(message);
    if (kind === "enum" && values) return enumSchema(values);
    return scalarSchemas[scalar ?? ScalarType.STRING];
  }
}

interface ValueType {
  readonly message?: DescMessage | undefined;
  readonly enum?: DescEnum | undefined;
  readonly scalar?: ScalarType | undefined;
}

function enumSchema({ typeName, values }: DescEnum): JsonSchema {
  if (typeName === "google.protobuf.NullValue") return { type: "null" };
  return { type: "string", enum: values.map(({ name }) => name) };
}

/** One of the fields of a oneof, or none of them. */
function atMostOne(fields: readonly DescField[]): JsonSchema {
  const each = fields.map(({ jsonName }): JsonSchema => ({ required: [jsonName] }));
  return { oneOf: [...each, { not: { anyOf: each } }] };
}

const number32: JsonSchema = { type: "integer" };
const number64: JsonSchema = { type: "string", pattern: "^-?[0-9]+$" };
const float: JsonSchema = {
  anyOf: [{ type: "number" }, { type: "string", enum: ["NaN", "Infinity", "-Infinity"] }],
};

const scalarSchemas: Readonly<Record<ScalarType, JsonSchema>> = {
  [ScalarType.DOUBLE]: float,
  [ScalarType.FLOAT]: float,
  [ScalarType.INT64]: number64,
  [ScalarType.UINT64]: number64,
  [ScalarType.INT32]: number32,
  [ScalarType.FIXED64]: number64,
  [ScalarType.FIXED32]: number32,
  [ScalarType.BOOL]: truth,
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: { type: "string", contentEncoding: "base64" },
  [ScalarType.UINT32]: number32,
  [ScalarType.SFIXED32]: number32,
  [ScalarType.SFIXED64]: number64,
  [ScalarType.SINT32]: number32,
  [ScalarType.SINT64]: number64,
};

/** Messages that the mapping treats in a way of their own. */
const wellKnown: Readonly<Record<string, JsonSchema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?s$" },
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": anything,
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.FieldMask": text,
  "google.protobuf.Any": { type: "object", required: ["@type"] },
  "google.protobuf.BoolValue": truth,
  "google.protobuf.StringValue": text,
  "google.protobuf.Int32Value": number32,
  "google.protobuf.UInt32Value": number32,
  "google.protobuf.Int64Value": number64,
  "google.protobuf.UInt64Value": number64,
  "google.protobuf.DoubleValue": float,
  "google.protobuf.FloatValue": float,
};
