import { StigmerError } from "../contract/errors.ts";
import type { Connection, SqlParameters, SqlValue } from "./connection.ts";

/**
 * How rows of one table are written, read and checked. Every row carries the SHA-256 of its other
 * columns, because SQLite's own checks miss most damage inside a value.
 */
export interface TableFormat<Row> {
  readonly table: string;
  /** Property → column, in the order that the hash covers them. */
  readonly columns: { readonly [Property in keyof Row]-?: string };
  /** Columns. */
  readonly primaryKey: readonly string[];
  /** The property that holds bytes; it is hashed last, as it is. */
  readonly blob?: keyof Row & string;
  /** Names the row in an error: `kind 43, id agt-01…`. */
  identity(row: Row): string;
}

export type Stored<Row> = Row & { readonly sha256: Uint8Array };

/** One row of a list: a damaged row is reported in its place and hides no other. */
export type Checked<Row> =
  | { readonly kind: "intact"; readonly row: Row }
  | {
      readonly kind: "corrupt";
      readonly table: string;
      readonly id: string;
      readonly error: StigmerError;
    };

/** `r.id as id, r.resource_version as resourceVersion, …, r.sha256 as sha256` */
export function selectList<Row>(format: TableFormat<Row>, alias = format.table): string {
  const columns = entriesOf(format).map(
    ([property, column]) => `${alias}.${column} as ${property}`,
  );
  return [...columns, `${alias}.sha256 as sha256`].join(", ");
}

export function insertRow<Row extends object>(
  db: Connection,
  format: TableFormat<Row>,
  row: Row,
): void {
  db.run(insertSql(format), parametersOf(format, row));
}

/** Inserts the row, or rewrites it in place: a delete and insert would cascade to what belongs to it. */
export function putRow<Row extends object>(
  db: Connection,
  format: TableFormat<Row>,
  row: Row,
): void {
  const rest = [...entriesOf(format).map(([, column]) => column), "sha256"]
    .filter((column) => !format.primaryKey.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  const sql = `${insertSql(format)} on conflict (${format.primaryKey.join(", ")}) do update set ${rest.join(", ")}`;
  db.run(sql, parametersOf(format, row));
}

/** The row without its hash. Throws `data-loss` naming table and row when the hash does not match. */
export function intact<Row extends object>(format: TableFormat<Row>, stored: Stored<Row>): Row {
  const { sha256, ...rest } = stored;
  const row = rest as unknown as Row;
  if (hasBytes(format, stored) && Buffer.compare(sha256, hashOf(format, row)) === 0) return row;
  throw new StigmerError(
    "data-loss",
    `a row of table ${format.table} (${format.identity(row)}) does not match its SHA-256`,
    { hint: "restore it from a backup or delete it; everything else stays readable" },
  );
}

/** One changed bit in front of a value makes text or nothing of its bytes, and the text has their hash. */
function hasBytes<Row extends object>(format: TableFormat<Row>, stored: Stored<Row>): boolean {
  const values: unknown[] = [stored.sha256];
  if (format.blob !== undefined) values.push(stored[format.blob]);
  return values.every((value) => value instanceof Uint8Array);
}

/** Reads one row as an item of a list: damage becomes the item, every other error is thrown. */
export function checked<Row>(table: string, id: string, read: () => Row): Checked<Row> {
  try {
    return { kind: "intact", row: read() };
  } catch (error) {
    if (!(error instanceof StigmerError) || error.code !== "data-loss") throw error;
    return { kind: "corrupt", table, id, error };
  }
}

function insertSql<Row>(format: TableFormat<Row>): string {
  const entries = entriesOf(format);
  const columns = [...entries.map(([, column]) => column), "sha256"].join(", ");
  const values = [...entries.map(([property]) => `$${property}`), "$sha256"].join(", ");
  return `insert into ${format.table} (${columns}) values (${values})`;
}

function parametersOf<Row extends object>(format: TableFormat<Row>, row: Row): SqlParameters {
  const parameters: Record<string, SqlValue> = { sha256: hashOf(format, row) };
  for (const [property] of entriesOf(format)) parameters[property] = valueOf(row, property);
  return parameters;
}

function hashOf<Row extends object>(format: TableFormat<Row>, row: Row): Uint8Array {
  const scalars = entriesOf(format).flatMap(([property]) =>
    property === format.blob ? [] : [valueOf(row, property)],
  );
  // The text of a JSON array ends itself, so no byte of it can be read as part of the blob.
  const hasher = new Bun.CryptoHasher("sha256").update(JSON.stringify([format.table, ...scalars]));
  if (format.blob !== undefined) hasher.update(valueOf(row, format.blob) as Uint8Array);
  return hasher.digest();
}

function entriesOf<Row>(format: TableFormat<Row>): [keyof Row & string, string][] {
  return Object.entries(format.columns) as [keyof Row & string, string][];
}

function valueOf<Row extends object>(row: Row, property: keyof Row & string): SqlValue {
  return row[property] as SqlValue;
}
