import type { TableFormat } from "../table-format.ts";

/** One resource of any kind. Times are milliseconds since 1970; the body is opaque to the store. */
export interface ResourceRow {
  readonly kind: number;
  readonly id: string;
  readonly org: string;
  /** Unique per kind and org; `null` where a kind has none. Never changes. */
  readonly slug: string | null;
  readonly name: string;
  /** 1 when created, +1 with every change. */
  readonly resourceVersion: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revisionHash: string | null;
  /** The resource this one belongs to (an execution to its session); deleted together with it. */
  readonly parentId: string | null;
  /** What lists filter by; 0 where a kind has no phases. */
  readonly phase: number;
  readonly body: Uint8Array;
}

export const resourceTable: TableFormat<ResourceRow> = {
  table: "resource",
  primaryKey: ["id"],
  blob: "body",
  columns: {
    kind: "kind",
    id: "id",
    org: "org",
    slug: "slug",
    name: "name",
    resourceVersion: "resource_version",
    createdAt: "created_at",
    updatedAt: "updated_at",
    revisionHash: "revision_hash",
    parentId: "parent_id",
    phase: "phase",
    body: "body",
  },
  identity: (row) => `kind ${row.kind}, id ${row.id}`,
};
