import {
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  type Message,
} from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { StigmerError } from "../contract/errors.ts";
import { references as referencesOption } from "../contract/gen/ai/stigmer/commons/apiresource/v1/field_pb.ts";
import { type Kind, kindOf, kindOfId } from "../contract/kinds.ts";
import { nearestName } from "../contract/nearest-name.ts";
import type { StoreReader } from "../store/store.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";

/** A field of a spec that names another resource. */
export interface Reference {
  /** `spec.mcpServers[1].ref` */
  readonly path: string;
  readonly kind: Kind;
  readonly name: string;
}

/** Stands for the newest resource of a kind whose resources have no names of their own. */
const newestName = "@last";

/** Finds what an id, a slug or a name stands for, in that order. */
function findResource(read: StoreReader, kind: Kind, name: string): ResourceRow | undefined {
  if (name === newestName && kind.info.generatedSlug) return newest(read, kind);
  if (kindOfId(name) === kind) return read.get(kind.number, name);
  const bySlug = read.getBySlug(kind.number, "", name);
  if (bySlug) return bySlug;
  const byName = read.findByName(kind.number, "", name);
  if (byName.length < 2) return byName[0];
  throw new StigmerError(
    "invalid-argument",
    `${byName.length} resources of kind ${kind.info.name} are named "${name}"`,
    {
      hint: `name one by its slug: ${byName.map((row) => row.slug ?? row.id).join(", ")}`,
    },
  );
}

function newest(read: StoreReader, kind: Kind): ResourceRow | undefined {
  const [item] = read.list({ kinds: [kind.number], pageSize: 1 }).items;
  return item?.kind === "intact" ? item.row : undefined;
}

/** Like {@link findResource}; throws `not-found` with the nearest slug. */
export function resolveResource(read: StoreReader, kind: Kind, name: string): ResourceRow {
  const found = findResource(read, kind, name);
  if (found) return found;
  throw notFound(read, kind, name);
}

function notFound(read: StoreReader, kind: Kind, name: string): StigmerError {
  const noun = nounOf(kind);
  const slugs = read
    .list({ kinds: [kind.number], pageSize: 1_000 })
    .items.flatMap((item) =>
      item.kind === "intact" && item.row.slug !== null ? [item.row.slug] : [],
    );
  const nearest = nearestName(name, slugs);
  return new StigmerError("not-found", `there is no ${noun} "${name}"`, {
    hint: nearest === undefined ? `stigmer ${commandOf(kind)} list` : `did you mean "${nearest}"?`,
  });
}

/** Every reference of a spec, found through the field option of the contract. */
export function referencesOf(schema: DescMessage, spec: Message): Reference[] {
  return [...walk(reflect(schema, spec), "spec")];
}

/** What a spec refers to, in its order. Throws `not-found` naming every reference to nothing. */
export function resolveReferences(
  read: StoreReader,
  references: readonly Reference[],
): ResourceRow[] {
  const found = references.map((reference) => ({
    reference,
    row: findResource(read, reference.kind, reference.name),
  }));
  const missing = found.filter(({ row }) => row === undefined).map(({ reference }) => reference);
  if (missing.length === 0) return found.flatMap(({ row }) => row ?? []);
  const first = missing[0];
  const cause = first ? notFound(read, first.kind, first.name) : undefined;
  throw new StigmerError(
    "not-found",
    missing
      .map(({ path, kind, name }) => `${path}: there is no ${nounOf(kind)} "${name}"`)
      .join("; "),
    {
      ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
      violations: missing.map(({ path, name }) => ({
        field: path,
        rule: "reference",
        message: `"${name}" does not exist`,
      })),
    },
  );
}

function* walk(message: ReflectMessage, path: string): Generator<Reference> {
  // What a Struct says is data to us.
  if (message.desc.typeName.startsWith("google.protobuf.")) return;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const at = `${path}.${field.jsonName}`;
    if (hasOption(field, referencesOption)) yield* named(message, field, at);
    else if (field.fieldKind === "message") yield* walk(message.get(field), at);
    else if (field.fieldKind === "list" && field.listKind === "message") {
      yield* [...message.get(field)].flatMap((item, index) => [
        ...walk(item as ReflectMessage, `${at}[${index}]`),
      ]);
    }
  }
}

function* named(message: ReflectMessage, field: DescField, at: string): Generator<Reference> {
  const kind = kindOf(getOption(field, referencesOption));
  const value: unknown = message.get(field);
  if (typeof value === "string") {
    if (value !== "") yield { path: at, kind, name: value };
    return;
  }
  const names = field.fieldKind === "list" ? [...message.get(field)] : [];
  yield* names.map((name, index) => ({ path: `${at}[${index}]`, kind, name: String(name) }));
}

/** `MCP server`, `agent`: the kind in a sentence. */
export function nounOf(kind: Kind): string {
  const words = kind.info.name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.replace(/^mcp /, "MCP ");
}

/** The command group of a kind: `mcp`, `agent`, `execution`. */
function commandOf(kind: Kind): string {
  const words = nounOf(kind).toLowerCase().split(" ");
  return (words[0] === "agent" ? words.at(-1) : words[0]) ?? kind.info.name;
}
