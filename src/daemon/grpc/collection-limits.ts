import { type DescField, getOption, hasOption } from "@bufbuild/protobuf";
import type { Path, ReflectMessage } from "@bufbuild/protobuf/reflect";
import { field as fieldRules } from "../../contract/gen/buf/validate/validate_pb.ts";

/** A list or map with more entries than the contract allows. */
export interface OversizedCollection {
  readonly path: Path;
  readonly rule: SizeRule["id"];
  readonly size: number;
  readonly limit: number;
}

/**
 * Finds lists and maps that are larger than their rules allow, without a look at their entries.
 *
 * Validation looks at every entry first, and at pairs of them where they must be unique: minutes for
 * one message of 4 MB. So the sizes are checked before it.
 */
export class CollectionLimits {
  readonly #rules = new Map<DescField, SizeRule | undefined>();

  /** The first that is too large. */
  findOversized(message: ReflectMessage, path: Path = []): OversizedCollection | undefined {
    // What the language gives has no rules of ours.
    if (message.desc.typeName.startsWith("google.protobuf.")) return undefined;
    for (const field of message.fields) {
      if (field.fieldKind === "scalar" || field.fieldKind === "enum") continue;
      if (!message.isSet(field)) continue;
      const size = sizeOf(message, field);
      const rule = this.#ruleOf(field);
      if (rule && size > rule.limit) {
        return { path: [...path, field], rule: rule.id, size, limit: rule.limit };
      }
      for (const { steps, nested } of messagesIn(message, field)) {
        const found = this.findOversized(nested, [...path, ...steps]);
        if (found) return found;
      }
    }
    return undefined;
  }

  /** Options are decoded anew at each look, which costs more than all the rest. */
  #ruleOf(field: DescField): SizeRule | undefined {
    if (!this.#rules.has(field)) this.#rules.set(field, readSizeRule(field));
    return this.#rules.get(field);
  }
}

interface SizeRule {
  readonly id: "repeated.max_items" | "map.max_pairs";
  readonly limit: number;
}

function readSizeRule(field: DescField): SizeRule | undefined {
  if (!hasOption(field, fieldRules)) return undefined;
  const { type } = getOption(field, fieldRules);
  if (type.case === "repeated" && type.value.maxItems > 0n) {
    return { id: "repeated.max_items", limit: Number(type.value.maxItems) };
  }
  if (type.case === "map" && type.value.maxPairs > 0n) {
    return { id: "map.max_pairs", limit: Number(type.value.maxPairs) };
  }
  return undefined;
}

function sizeOf(message: ReflectMessage, field: DescField): number {
  return field.fieldKind === "list" || field.fieldKind === "map" ? message.get(field).size : 0;
}

interface NestedMessage {
  readonly steps: Path;
  readonly nested: ReflectMessage;
}

function* messagesIn(message: ReflectMessage, field: DescField): Generator<NestedMessage> {
  if (field.fieldKind === "message") yield { steps: [field], nested: message.get(field) };
  if (field.fieldKind === "list" && field.listKind === "message") {
    for (const [index, item] of message.get(field).entries()) {
      yield { steps: [field, { kind: "list_sub", index }], nested: item as ReflectMessage };
    }
  }
  if (field.fieldKind === "map" && field.mapKind === "message") {
    for (const [key, value] of message.get(field)) {
      const step = { kind: "map_sub", key: key as string } as const;
      yield { steps: [field, step], nested: value as ReflectMessage };
    }
  }
}
