import type { StoreReader } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";

/** Reads as if these resources were stored already, in place of those with their ids. */
export function plannedReader(read: StoreReader, planned: readonly ResourceRow[]): StoreReader {
  const ids = new Map(planned.map((row) => [row.id, row]));
  const slugs = new Map(planned.map((row) => [keyOf(row.kind, row.org, row.slug), row]));
  const names = Map.groupBy(planned, (row) => keyOf(row.kind, row.org, row.name));
  return {
    ...read,
    get(kind, id) {
      const row = ids.get(id);
      return row?.kind === kind ? row : read.get(kind, id);
    },
    getBySlug: (kind, org, slug) =>
      slugs.get(keyOf(kind, org, slug)) ?? read.getBySlug(kind, org, slug),
    findByName(kind, org, name) {
      const stored = read.findByName(kind, org, name).filter(({ id }) => !ids.has(id));
      return [...stored, ...(names.get(keyOf(kind, org, name)) ?? [])];
    },
    list(query) {
      const page = read.list(query);
      const own = planned.filter(({ kind }) => query.kinds.includes(kind));
      return {
        ...page,
        items: [...own.map((row) => ({ kind: "intact", row }) as const), ...page.items],
      };
    },
  };
}

function keyOf(kind: number, org: string, slug: string | null): string {
  return JSON.stringify([kind, org, slug]);
}
