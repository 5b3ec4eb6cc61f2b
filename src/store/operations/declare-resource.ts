import { putRow } from "../table-format.ts";
import { declarationTable } from "../tables/declaration-table.ts";
import type { Transaction } from "../transaction.ts";
import { storedResource } from "./stored-resource.ts";
import { refuseStale } from "./update-resource.ts";

/** What a file says of a resource from now on. */
export interface Declaration {
  readonly id: string;
  /** Of the resource; without it the last write wins. */
  readonly expectedVersion?: number;
  readonly body: Uint8Array;
}

/** Leaves the resource itself as it is. Throws `not-found` or `conflict`, as an update does. */
export function declareResource(tx: Transaction, declaration: Declaration): void {
  const { id, expectedVersion, body } = declaration;
  refuseStale(storedResource(tx.db, id), expectedVersion);
  putRow(tx.db, declarationTable, { resourceId: id, body });
}
