import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import {
  type FieldChange,
  FieldChangeSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";

/** Which fields differ between two messages, with their values in proto3 JSON. */
export function fieldChanges(
  schema: DescMessage,
  before: Message,
  after: Message,
  path: string,
): FieldChange[] {
  const [old, next] = [toJson(schema, before), toJson(schema, after)];
  return isObject(old) && isObject(next) ? [...inMessage(schema, old, next, path)] : [];
}

function* inMessage(
  schema: DescMessage,
  old: JsonObject,
  next: JsonObject,
  path: string,
): Generator<FieldChange> {
  for (const field of schema.fields) {
    const { jsonName } = field;
    yield* inField(field, old[jsonName], next[jsonName], `${path}.${jsonName}`);
  }
}

function* inField(
  field: DescField,
  old: JsonValue | undefined,
  next: JsonValue | undefined,
  path: string,
): Generator<FieldChange> {
  if (Bun.deepEquals(old, next)) return;
  if (field.fieldKind === "map" && isObject(old) && isObject(next)) {
    yield* inMap(field, old, next, path);
  } else if (field.fieldKind === "list" && Array.isArray(old) && Array.isArray(next)) {
    yield* inList(field, old, next, path);
  } else if (field.fieldKind === "message" && isObject(old) && isObject(next)) {
    yield* inMessage(field.message, old, next, path);
  } else {
    yield changed(path, old, next);
  }
}

function* inMap(
  field: DescField,
  old: JsonObject,
  next: JsonObject,
  path: string,
): Generator<FieldChange> {
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const [one, other] = [old[key], next[key]];
    const at = `${path}[${JSON.stringify(key)}]`;
    if (field.message && isObject(one) && isObject(other)) {
      yield* inMessage(field.message, one, other, at);
    } else if (!Bun.deepEquals(one, other)) yield changed(at, one, other);
  }
}

/** Entry by entry where only entries changed, otherwise as a whole. */
function* inList(
  field: DescField,
  old: readonly JsonValue[],
  next: readonly JsonValue[],
  path: string,
): Generator<FieldChange> {
  const { message } = field;
  if (!message || old.length !== next.length) return yield changed(path, [...old], [...next]);
  for (const [index, one] of old.entries()) {
    const other = next[index];
    if (isObject(one) && isObject(other))
      yield* inMessage(message, one, other, `${path}[${index}]`);
  }
}

function changed(
  path: string,
  old: JsonValue | undefined,
  next: JsonValue | undefined,
): FieldChange {
  return create(FieldChangeSchema, {
    path,
    ...(old === undefined ? {} : { old: fromJson(ValueSchema, old) }),
    ...(next === undefined ? {} : { new: fromJson(ValueSchema, next) }),
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
