import type { Connection } from "../connection.ts";
import { intact, putRow, selectList, type Stored, type TableFormat } from "../table-format.ts";

/** Numbers that only grow, over the whole store. */
export type CounterName = "epoch" | "fencing-token" | "signal" | "event";

export interface CounterRow {
  readonly name: string;
  readonly value: number;
}

export const counterTable: TableFormat<CounterRow> = {
  table: "counter",
  primaryKey: ["name"],
  columns: { name: "name", value: "value" },
  identity: (counter) => `name ${counter.name}`,
};

const select = `select ${selectList(counterTable)} from counter where name = $name`;

/** The value last given out; 0 before the first. */
export function currentValue(db: Connection, name: CounterName): number {
  const stored = db.get<Stored<CounterRow>>(select, { name });
  return stored === undefined ? 0 : intact(counterTable, stored).value;
}

export function nextValue(db: Connection, name: CounterName): number {
  const value = currentValue(db, name) + 1;
  putRow(db, counterTable, { name, value });
  return value;
}
