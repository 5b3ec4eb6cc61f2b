import { StigmerError } from "../../contract/errors.ts";
import { kindOf } from "../../contract/kinds.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { Pace } from "../../system/pace.ts";
import { nounOf } from "../references.ts";
import { definitionKinds } from "../referrers.ts";
import { dependencyOrder } from "./dependency-order.ts";
import type { PlannedMember } from "./set-plan.ts";

const pageSize = 1_000;

/**
 * What carries the labels, was written by a set before and is in this one no more; what refers to
 * others comes first. Throws `failed-precondition` naming what would still refer to it.
 */
export async function prunedRows(
  read: StoreReader,
  labelSelector: string,
  members: readonly PlannedMember[],
): Promise<ResourceRow[]> {
  if (labelSelector.trim() === "") return [];
  const kept = new Map(members.flatMap((member) => (member.row ? [[member.row.id, member]] : [])));
  const doomed = [...selected(read, labelSelector)].filter(
    ({ id }) => !kept.has(id) && read.getDeclaration(id) !== undefined,
  );
  const ids = new Set(doomed.map(({ id }) => id));
  const survivors = { ids, kept, referrers: slugsByReference(members) };
  const pace = new Pace();
  for (const row of doomed) {
    refuseReferred(row, referrersOf(read, row, survivors));
    await pace.rest();
  }
  return inOrder(read, doomed);
}

function* selected(read: StoreReader, labelSelector: string): Generator<ResourceRow> {
  let cursor: string | undefined;
  do {
    const query = { kinds: definitionKinds, labelSelector, pageSize };
    const page = read.list(cursor === undefined ? query : { ...query, cursor });
    for (const item of page.items) {
      if (item.kind === "corrupt") throw item.error;
      yield item.row;
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

interface Survivors {
  readonly ids: ReadonlySet<string>;
  /** Slugs of the members by the id of what they refer to. */
  readonly referrers: ReadonlyMap<string, readonly string[]>;
  readonly kept: ReadonlyMap<string, PlannedMember>;
}

/** Slugs of what refers to a row when the set is applied. */
function referrersOf(read: StoreReader, row: ResourceRow, survivors: Survivors): string[] {
  const { ids, referrers, kept } = survivors;
  const outside = read
    .referrers(row.id)
    .filter(({ kind, id }) => definitionKinds.includes(kind) && !ids.has(id) && !kept.has(id));
  return [...outside.map(({ slug, name }) => slug ?? name), ...(referrers.get(row.id) ?? [])];
}

function slugsByReference(members: readonly PlannedMember[]): Map<string, string[]> {
  const slugs = new Map<string, string[]>();
  for (const { member, references } of members) {
    for (const id of new Set(references.map((row) => row.id))) {
      const known = slugs.get(id);
      if (known) known.push(member.slug);
      else slugs.set(id, [member.slug]);
    }
  }
  return slugs;
}

function refuseReferred(row: ResourceRow, referrers: readonly string[]): void {
  if (referrers.length === 0) return;
  const what = `${nounOf(kindOf(row.kind))} "${row.slug ?? row.id}"`;
  throw new StigmerError(
    "failed-precondition",
    `${what} cannot be pruned: ${referrers.join(", ")} refers to it`,
    { hint: "remove the reference, or keep it in the files" },
  );
}

function inOrder(read: StoreReader, rows: readonly ResourceRow[]): ResourceRow[] {
  const numbers = new Map(rows.map(({ id }, index) => [id, index]));
  const found = dependencyOrder({
    count: rows.length,
    dependenciesOf: (index) =>
      read.referrers(rows[index]?.id ?? "").flatMap(({ id }) => numbers.get(id) ?? []),
  });
  const order = found.kind === "ordered" ? found.order : [];
  return order.flatMap((index) => rows[index] ?? []);
}
