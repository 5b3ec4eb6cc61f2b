import type { Connection } from "../connection.ts";
import { encodeCursor, type PagePosition } from "../page-cursor.ts";
import { type Checked, checked, intact, selectList, type Stored } from "../table-format.ts";
import { type DeclarationRow, declarationTable } from "../tables/declaration-table.ts";
import { type ResourceRow, resourceTable } from "../tables/resource-table.ts";
import { type RevisionRow, revisionTable } from "../tables/revision-table.ts";
import { kindParameters, listSource } from "./list-source.ts";
import { filterCondition, type ResourceFilter } from "./resource-filter.ts";

export interface ListQuery extends ResourceFilter {
  readonly pageSize: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface Page<Row> {
  /** Newest first. A damaged row is an item of its own. */
  readonly items: readonly Checked<Row>[];
  /** `undefined` on the last page. */
  readonly nextCursor: string | undefined;
}

export interface Referrer {
  readonly kind: number;
  readonly id: string;
  readonly slug: string | null;
  readonly name: string;
}

export interface SlugQuery {
  readonly kind: number;
  readonly labelSelector: string;
  /** Slug of the last one of the page before; empty: from the first. */
  readonly after: string;
  readonly limit: number;
}

/** Everything that returns one row throws `data-loss` when that row is damaged. */
export interface ResourceReader {
  get(kind: number, id: string): ResourceRow | undefined;
  getBySlug(kind: number, org: string, slug: string): ResourceRow | undefined;
  /**
   * Resources of a kind in the order of their slugs, behind `after`; at most `limit`. Throws
   * `invalid-argument` for a selector that cannot be read, `data-loss` for a damaged row.
   */
  listBySlug(query: SlugQuery): ResourceRow[];
  /** Names are not unique. */
  findByName(kind: number, org: string, name: string): ResourceRow[];
  /** Throws `invalid-argument` for a selector or a cursor that cannot be read. */
  list(query: ListQuery): Page<ResourceRow>;
  count(filter: ResourceFilter): number;
  /** A revision by the hash of its canonical JSON. */
  getRevision(hash: string): RevisionRow | undefined;
  /** What a file said of a resource last; `undefined` for what no file ever said. */
  getDeclaration(id: string): DeclarationRow | undefined;
  /** Who refers to a resource, of any kind, in order of id. */
  referrers(id: string): Referrer[];
}

const columns = selectList(resourceTable);
const byId = `select ${columns} from resource where id = $id and kind = $kind`;
const bySlug = `select ${columns} from resource where kind = $kind and org = $org and slug = $slug`;
const byName = `select ${columns} from resource
  where kind = $kind and org = $org and name = $name order by created_at, id`;
const revisionByHash = `select ${selectList(revisionTable)} from revision where hash = $hash`;
const declarationOf = `select ${selectList(declarationTable)} from declaration where resource_id = $id`;
const referrersOf = `select r.kind, r.id, r.slug, r.name
  from reference ref join resource r on r.id = ref.from_id where ref.to_id = $id order by r.id`;

const verified = (stored: Stored<ResourceRow>): ResourceRow => intact(resourceTable, stored);

export function resourceReader(db: Connection): ResourceReader {
  const one = (sql: string, parameters: Record<string, string | number>) => {
    const stored = db.get<Stored<ResourceRow>>(sql, parameters);
    return stored && verified(stored);
  };
  return {
    get: (kind, id) => one(byId, { kind, id }),
    getBySlug: (kind, org, slug) => one(bySlug, { kind, org, slug }),
    listBySlug: (query) => resourcesBySlug(db, query),
    findByName: (kind, org, name) =>
      db.all<Stored<ResourceRow>>(byName, { kind, org, name }).map(verified),
    list: (query) => listResources(db, query),
    count: (filter) => countResources(db, filter),
    getRevision(hash) {
      const stored = db.get<Stored<RevisionRow>>(revisionByHash, { hash });
      return stored && intact(revisionTable, stored);
    },
    getDeclaration(id) {
      const stored = db.get<Stored<DeclarationRow>>(declarationOf, { id });
      return stored && intact(declarationTable, stored);
    },
    referrers: (id) => db.all<Referrer>(referrersOf, { id }),
  };
}

function resourcesBySlug(db: Connection, query: SlugQuery): ResourceRow[] {
  const { kind, labelSelector, after, limit } = query;
  const { sql, parameters } = filterCondition({ kinds: [kind], labelSelector });
  return db
    .all<Stored<ResourceRow>>(
      `select ${columns} from resource where kind = $kind and org = '' and slug > $after ${sql}
        order by slug limit $limit`,
      { ...parameters, kind, after, limit },
    )
    .map(verified);
}

type Position = PagePosition & { readonly kind: number };

/** Finds the page in the index first and reads its rows one by one, so that damage stays in its row. */
function listResources(db: Connection, query: ListQuery): Page<ResourceRow> {
  const found = positionsOf(db, query);
  const positions = found.slice(0, query.pageSize);
  const last = positions.at(-1);
  return {
    items: positions.flatMap((position) => itemAt(db, position)),
    nextCursor:
      last !== undefined && found.length > query.pageSize ? encodeCursor(last) : undefined,
  };
}

/** One row more than the page, to know whether there is a next. */
function positionsOf(db: Connection, query: ListQuery): Position[] {
  const { sql, parameters } = filterCondition(query, query.cursor);
  const source = listSource(db, query);
  const order = "order by created_at desc, id desc limit $limit";
  const parts = source.parts.map(
    (part) => `select * from (select resource.kind, resource.created_at, resource.id
      from ${source.from} where ${part} ${sql} ${order})`,
  );
  if (parts.length === 0) return [];
  return db.all<Position>(
    `select kind, created_at as createdAt, id from (${parts.join(" union all ")}) ${order}`,
    { ...parameters, ...source.parameters, limit: query.pageSize + 1 },
  );
}

/** None when the row was deleted since its position was read. */
function itemAt(db: Connection, { kind, id }: Position): Checked<ResourceRow>[] {
  const item = checked("resource", id, () => {
    const stored = db.get<Stored<ResourceRow>>(byId, { kind, id });
    return stored && intact(resourceTable, stored);
  });
  if (item.kind === "corrupt") return [item];
  return item.row === undefined ? [] : [{ kind: "intact", row: item.row }];
}

function countResources(db: Connection, filter: ResourceFilter): number {
  const { sql, parameters } = filterCondition(filter);
  const kinds = filter.kinds.map((_, index) => `$kind${index}`).join(", ");
  const found = db.get<{ count: number }>(
    `select count(*) as count from resource where resource.kind in (${kinds}) ${sql}`,
    { ...parameters, ...kindParameters(filter) },
  );
  return found?.count ?? 0;
}
