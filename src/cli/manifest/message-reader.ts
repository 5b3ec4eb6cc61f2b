import {
  type DescEnum,
  type DescField,
  type DescMessage,
  fromJson,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
} from "@bufbuild/protobuf";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import {
  field as fieldRules,
  oneof as oneofRules,
} from "../../contract/gen/buf/validate/validate_pb.ts";
import { messageOf } from "../../contract/errors.ts";
import { memberPath } from "../../contract/member-path.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { isDefaultValue } from "./default-value.ts";
import { defineMember, NodeReader } from "./node-reader.ts";
import { nodeText } from "./node-text.ts";
import { readScalarValue } from "./scalar-value.ts";

/** Fields that a client may send and the daemon ignores; a document that was read back has them. */
const ignored = new Set(["status"]);

/**
 * Reads one document by the descriptor of its message: proto3 JSON names, or those of the proto
 * files. Finds every mistake instead of the first.
 */
export class MessageReader extends NodeReader {
  /** Paths of what the document says is empty, lists apart: they are taken whole. */
  readonly emptyFields: string[] = [];
  #insideList = 0;

  /** The message in proto3 JSON; what is wrong is left out and stands in {@link problems}. */
  readMessage(schema: DescMessage, node: Node, path: string): JsonObject {
    if (!isMap(node)) {
      this.refuse(node, path, { rule: "type", message: `is ${nodeText(node)}, not a mapping` });
      return {};
    }
    const json: JsonObject = {};
    const seen = new Map<DescField, Node>();
    for (const [name, key, value] of this.entries(node, path)) {
      const field = schema.fields.find((each) => each.jsonName === name || each.name === name);
      if (!field) this.#refuseUnknown(schema, key, memberPath(path, name));
      else if (seen.has(field)) this.refuseTwice(key, memberPath(path, field.jsonName));
      else {
        seen.set(field, key);
        this.#refuseRival(field, key, { seen, path });
        const read = this.readField(field, value, memberPath(path, field.jsonName));
        if (read !== undefined) json[field.jsonName] = read;
      }
    }
    this.#refuseMissing(schema, node, { seen, path });
    return json;
  }

  /** The value of one field in proto3 JSON; undefined when it says nothing or something wrong. */
  readField(field: DescField, node: Node, path: string): JsonValue | undefined {
    return this.resolved(node, path, (value) => {
      this.positions.set(path, this.place(node));
      if (ignored.has(path)) return undefined;
      if (isScalar(value) && value.value === null && !isAnyValue(field)) {
        this.#saysEmpty(path);
        return undefined;
      }
      const json = this.#readValue(field, value, path);
      if (json !== undefined && isDefaultValue(field, json)) this.#saysEmpty(path);
      return json;
    });
  }

  #readValue(field: DescField, node: Node, path: string): JsonValue | undefined {
    switch (field.fieldKind) {
      case "list":
        return this.#readList(field, node, path);
      case "map":
        return this.#readMap(field, node, path);
      default:
        return this.#readSingle(field, node, path);
    }
  }

  /** A single value of a field, an item of a list or an entry of a map. */
  #readSingle(field: DescField, node: Node, path: string): JsonValue | undefined {
    if (field.message) return this.#readMember(field.message, node, path);
    if (field.enum) return this.#readEnum(field.enum, node, path);
    const value: unknown = isScalar(node) ? node.value : undefined;
    const reading = field.scalar === undefined ? undefined : readScalarValue(field.scalar, value);
    if (reading?.kind === "value") return reading.json;
    const isText = isScalar(node) && reading?.expected === "text" && node.source !== undefined;
    const hint = isText ? `: write "${node.source}"` : "";
    const message = `is ${nodeText(node)}, not ${reading?.expected ?? "a value"}${hint}`;
    this.refuse(node, path, { rule: "type", message });
    return undefined;
  }

  #readMember(schema: DescMessage, node: Node, path: string): JsonValue | undefined {
    if (!schema.typeName.startsWith("google.protobuf.")) {
      return this.readMessage(schema, node, path);
    }
    // A Struct, a Timestamp, a Duration: proto3 JSON has a form of its own for each.
    const json = this.readPlain(node, path);
    try {
      fromJson(schema, json);
      return json;
    } catch (thrown) {
      this.refuse(node, path, { rule: "type", message: messageOf(thrown) });
      return undefined;
    }
  }

  /** By its name in proto3 JSON, or what is left of it without the name of the enum: `skip`. */
  #readEnum(schema: DescEnum, node: Node, path: string): JsonValue | undefined {
    const value: unknown = isScalar(node) ? node.value : undefined;
    const found = schema.values.find(
      ({ name, localName, number }) =>
        name === value || number === value || localName.toLowerCase() === value,
    );
    if (found) return found.name;
    const names = schema.values.map(({ name }) => name);
    const short = schema.values.map(({ localName }) => localName.toLowerCase());
    const nearest =
      typeof value === "string" ? nearestName(value, [...names, ...short]) : undefined;
    const hint =
      nearest === undefined ? `one of ${short.slice(1).join(", ")}` : `did you mean "${nearest}"?`;
    this.refuse(node, path, { rule: "enum", message: `${nodeText(node)} is no value; ${hint}` });
    return undefined;
  }

  #readList(field: DescField, node: Node, path: string): JsonValue | undefined {
    if (!isSeq(node)) {
      this.refuse(node, path, { rule: "type", message: `is ${nodeText(node)}, not a list` });
      return undefined;
    }
    this.#insideList++;
    const items = node.items.flatMap((item, index) => {
      const at = `${path}[${index}]`;
      const read = this.resolved(item as Node, at, (value) => {
        this.positions.set(at, this.place(item as Node));
        return this.#readSingle(field, value, at);
      });
      return read === undefined ? [] : [read];
    });
    this.#insideList--;
    return items;
  }

  #readMap(field: DescField, node: Node, path: string): JsonValue | undefined {
    if (!isMap(node)) {
      this.refuse(node, path, { rule: "type", message: `is ${nodeText(node)}, not a mapping` });
      return undefined;
    }
    const json: JsonObject = {};
    for (const [name, key, value] of this.entries(node, path)) {
      const at = `${path}[${JSON.stringify(name)}]`;
      if (Object.hasOwn(json, name)) this.refuseTwice(key, at);
      const read = this.resolved(value, at, (target) => {
        this.positions.set(at, this.place(value));
        return this.#readSingle(field, target, at);
      });
      if (read !== undefined) defineMember(json, name, read);
    }
    return json;
  }

  #saysEmpty(path: string): void {
    if (this.#insideList === 0) this.emptyFields.push(path);
  }

  #refuseUnknown(schema: DescMessage, key: Node, path: string): void {
    const name = path.slice(path.lastIndexOf(".") + 1);
    const known = schema.fields.map(({ jsonName }) => jsonName);
    const nearest = nearestName(name, known);
    const hint =
      nearest === undefined ? `known are ${known.join(", ")}` : `did you mean "${nearest}"?`;
    this.refuse(key, path, { rule: "unknown", message: `there is no such property; ${hint}` });
  }

  /** Of a oneof only one member can be given. */
  #refuseRival(
    field: DescField,
    key: Node,
    { seen, path }: { readonly seen: ReadonlyMap<DescField, Node>; readonly path: string },
  ): void {
    const rival = field.oneof?.fields.find((each) => each !== field && seen.has(each));
    if (!rival) return;
    const message = `cannot stand beside ${rival.jsonName}: one of them is enough`;
    this.refuse(key, memberPath(path, field.jsonName), { rule: "oneof", message });
  }

  #refuseMissing(
    schema: DescMessage,
    node: Node,
    { seen, path }: { readonly seen: ReadonlyMap<DescField, Node>; readonly path: string },
  ): void {
    for (const member of schema.members) {
      if (member.kind === "oneof") {
        const isRequired = hasOption(member, oneofRules) && getOption(member, oneofRules).required;
        if (!isRequired || member.fields.some((each) => seen.has(each))) continue;
        const names = member.fields.map(({ jsonName }) => jsonName).join(", ");
        this.refuse(node, path, { rule: "required", message: `needs one of ${names}` });
      } else if (!seen.has(member) && isRequiredField(member)) {
        const at = memberPath(path, member.jsonName);
        this.refuse(node, at, { rule: "required", message: "is missing" });
      }
    }
  }
}

function isRequiredField(field: DescField): boolean {
  return hasOption(field, fieldRules) && getOption(field, fieldRules).required;
}

/** Of any JSON value nothing is a value too. */
function isAnyValue(field: DescField): boolean {
  return field.fieldKind === "message" && field.message.typeName === "google.protobuf.Value";
}
