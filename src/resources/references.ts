import {
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  type Message,
} from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import type { Skill } from "../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { references as referencesOption } from "../contract/gen/ai/stigmer/commons/apiresource/v1/field_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { type Kind, kindOf, kindOfId } from "../contract/kinds.ts";
import { nearestName } from "../contract/nearest-name.ts";
import type { StoreReader } from "../store/store.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import { findVersion, versionNames } from "./skill/skill-versions.ts";
import { fromRow } from "./stored-resource.ts";

/** A field of a spec that names another resource. */
export interface Reference {
  /** `spec.mcpServers[1].ref` */
  readonly path: string;
  readonly kind: Kind;
  readonly name: string;
}

/** A reference in a message that may be changed. */
export interface RenamableReference extends Reference {
  /** Writes another name in its place. */
  readonly rename: (name: string) => void;
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

/** A resource, and which of its versions when the name said so. */
interface NamedVersion {
  readonly row: ResourceRow;
  /** Hash of the spec; undefined: the current one. */
  readonly version?: string;
}

/** Finds what `NAME` or, where a kind has versions, `NAME@VERSION` stands for. Throws `not-found` for the version alone. */
function findVersioned(read: StoreReader, kind: Kind, name: string): NamedVersion | undefined {
  const found = findReferred(read, { kind, name });
  if (!found || found.suffix === "") return found && { row: found.row };
  return { row: found.row, version: versionOf(kind, found.row, found.suffix.slice(1)) };
}

/** What a reference names, and the `@VERSION` behind it, if any; whether there is such a version is not asked. */
export function findReferred(
  read: StoreReader,
  { kind, name }: Pick<Reference, "kind" | "name">,
): { readonly row: ResourceRow; readonly suffix: string } | undefined {
  const row = findResource(read, kind, name);
  const at = name.lastIndexOf("@");
  if (row || at < 1 || kind.number !== ApiResourceKind.SKILL) return row && { row, suffix: "" };
  const owner = findResource(read, kind, name.slice(0, at));
  return owner && { row: owner, suffix: name.slice(at) };
}

/** Hash of a version of a resource. Throws `not-found` that says which there are. */
export function versionOf(kind: Kind, row: ResourceRow, name: string): string {
  const versions = (fromRow(kind, row) as Skill).status?.versions ?? [];
  const hash = findVersion(versions, name);
  if (hash !== undefined) return hash;
  throw new StigmerError(
    "not-found",
    `${nounOf(kind)} "${row.slug ?? row.id}" has no version "${name}"`,
    { hint: `it has: ${versionNames(versions).join(", ")}` },
  );
}

/** Like {@link resolveResource}, and takes `NAME@VERSION` too. */
export function resolveVersion(read: StoreReader, kind: Kind, name: string): NamedVersion {
  const found = findVersioned(read, kind, name);
  if (found) return found;
  throw notFound(read, kind, name);
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
  const nearest = nearestName(name.replace(/@.*/, ""), slugs);
  return new StigmerError("not-found", `there is no ${noun} "${name}"`, {
    hint: nearest === undefined ? `stigmer ${commandOf(kind)} list` : `did you mean "${nearest}"?`,
  });
}

/** Every reference of a spec, found through the field option of the contract. */
export function referencesOf(schema: DescMessage, spec: Message): RenamableReference[] {
  return [...walk(reflect(schema, spec), "spec")];
}

/**
 * What a spec refers to, in its order; the `revisionHash` of a row is that of the version that the
 * reference names. Throws `not-found` naming every reference to nothing.
 */
export function resolveReferences(
  read: StoreReader,
  references: readonly Reference[],
): ResourceRow[] {
  const found = references.map((reference) => ({ reference, ...lookUp(read, reference) }));
  const [first, ...others] = found.flatMap(({ reference, missing }) =>
    missing ? [{ reference, missing }] : [],
  );
  if (!first) return found.flatMap(({ row }) => row ?? []);
  const missing = [first, ...others];
  const { hint } = first.missing;
  throw new StigmerError(
    "not-found",
    missing
      .map(({ reference, missing: { message } }) => `${reference.path}: ${message}`)
      .join("; "),
    {
      ...(hint === undefined ? {} : { hint }),
      violations: missing.map(({ reference: { path, name } }) => ({
        field: path,
        rule: "reference",
        message: `"${name}" does not exist`,
      })),
    },
  );
}

function lookUp(
  read: StoreReader,
  { kind, name }: Reference,
): { readonly row?: ResourceRow; readonly missing?: StigmerError } {
  try {
    const { row, version } = resolveVersion(read, kind, name);
    return { row: version === undefined ? row : { ...row, revisionHash: version } };
  } catch (thrown) {
    const missing = toStigmerError(thrown);
    if (missing.code !== "not-found") throw thrown;
    return { missing };
  }
}

function* walk(message: ReflectMessage, path: string): Generator<RenamableReference> {
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

function* named(
  message: ReflectMessage,
  field: DescField,
  at: string,
): Generator<RenamableReference> {
  const kind = kindOf(getOption(field, referencesOption));
  const value: unknown = message.get(field);
  if (typeof value === "string") {
    const rename = (name: string): void => message.set(field, name);
    if (value !== "") yield { path: at, kind, name: value, rename };
    return;
  }
  if (field.fieldKind !== "list") return;
  const list = message.get(field);
  yield* [...list].map((name, index) => ({
    path: `${at}[${index}]`,
    kind,
    name: String(name),
    rename: (next: string) => list.set(index, next),
  }));
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
