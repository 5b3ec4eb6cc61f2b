import { clone, create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { reflect, type ReflectMap, type ReflectMessage } from "@bufbuild/protobuf/reflect";

/** What a file said of a message the last time, says now, and what is stored. */
export interface MergeSides {
  /** Undefined: no file ever said anything. */
  readonly said: Message | undefined;
  readonly says: Message;
  readonly stored: Message;
  /** Paths that the file says are empty, below the message: `limits.maxTurns`, `data["A"].value`. */
  readonly empty: ReadonlySet<string>;
}

/**
 * The stored message with every field as the file says it, without what the file said and says no
 * more, and with what was only ever set elsewhere. Messages are merged field by field, maps entry by
 * entry; lists and scalars are taken whole.
 */
export function mergeThreeWay(schema: DescMessage, sides: MergeSides): Message {
  const merged = clone(schema, sides.stored);
  merge(
    {
      target: reflect(schema, merged),
      says: reflect(schema, clone(schema, sides.says)),
      said: sides.said && reflect(schema, sides.said),
      path: "",
    },
    sides.empty,
  );
  return merged;
}

interface Merge {
  readonly target: ReflectMessage;
  readonly says: ReflectMessage;
  readonly said: ReflectMessage | undefined;
  readonly path: string;
}

function merge(at: Merge, empty: ReadonlySet<string>): void {
  const { target, says, said } = at;
  for (const field of target.fields) {
    const path = at.path === "" ? field.jsonName : `${at.path}.${field.jsonName}`;
    if (says.isSet(field)) take(field, { ...at, path }, empty);
    else if (empty.has(path)) target.clear(field);
    else if (said?.isSet(field) === true && target.isSet(field)) drop(field, { ...at, path });
  }
  const unknown = says.getUnknown() ?? [];
  if (unknown.length > 0) target.setUnknown(unknown);
  else if ((said?.getUnknown() ?? []).length > 0) target.setUnknown([]);
}

function take(field: DescField, at: Merge, empty: ReadonlySet<string>): void {
  const { target, says, said } = at;
  if (field.fieldKind === "map") {
    const before = said?.isSet(field) === true ? said.get(field) : undefined;
    mergeMap(
      { target: target.get(field), says: says.get(field), said: before, path: at.path },
      empty,
    );
  } else if (isMerged(field) && target.isSet(field)) {
    const before = said?.isSet(field) === true ? said.get(field) : undefined;
    const inner = target.get(field);
    merge({ target: inner, says: says.get(field), said: before, path: at.path }, empty);
    target.set(field, inner);
  } else {
    target.set(field, says.get(field));
  }
}

/** Removes what the file said; of a message or a map, what others added to it stays. */
function drop(field: DescField, { target, said }: Merge): void {
  if (said === undefined) return;
  if (field.fieldKind === "map") {
    for (const key of said.get(field).keys()) target.get(field).delete(key);
  } else if (isMerged(field)) {
    const inner = target.get(field);
    const nothing = reflect(field.message, create(field.message));
    merge({ target: inner, says: nothing, said: said.get(field), path: "" }, new Set());
    const isEmpty = !inner.fields.some((each) => inner.isSet(each));
    if (isEmpty) target.clear(field);
    else target.set(field, inner);
  } else {
    target.clear(field);
  }
}

interface MapMerge {
  readonly target: ReflectMap;
  readonly says: ReflectMap;
  readonly said: ReflectMap | undefined;
  readonly path: string;
}

function mergeMap({ target, says, said, path }: MapMerge, empty: ReadonlySet<string>): void {
  for (const key of said?.keys() ?? []) if (!says.has(key)) target.delete(key);
  for (const [key, value] of says.entries()) {
    const stored = target.get(key);
    if (isReflected(stored) && isReflected(value)) {
      const before = said?.get(key);
      const sides = { said: isReflected(before) ? before : undefined, says: value, target: stored };
      merge({ ...sides, path: `${path}[${JSON.stringify(String(key))}]` }, empty);
      target.set(key, stored);
    } else {
      target.set(key, value);
    }
  }
}

/** Values such as a Struct are one value. */
function isMerged(field: DescField): field is DescField & { fieldKind: "message" } {
  return field.fieldKind === "message" && !field.message.typeName.startsWith("google.protobuf.");
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "message" in value && "fields" in value;
}
