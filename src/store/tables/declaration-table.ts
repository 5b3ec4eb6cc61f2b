import type { TableFormat } from "../table-format.ts";

/** What a file said of a resource when it was last applied. The body is opaque to the store. */
export interface DeclarationRow {
  readonly resourceId: string;
  readonly body: Uint8Array;
}

export const declarationTable: TableFormat<DeclarationRow> = {
  table: "declaration",
  primaryKey: ["resource_id"],
  blob: "body",
  columns: { resourceId: "resource_id", body: "body" },
  identity: (declaration) => `of ${declaration.resourceId}`,
};
