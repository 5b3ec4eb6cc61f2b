import type { Connection } from "../connection.ts";
import { intact, selectList, type Stored, type TableFormat } from "../table-format.ts";

/** An execution that another one started. */
export interface ChildRow {
  readonly parentId: string;
  /** Of the step that started it. */
  readonly key: string;
  readonly childId: string;
}

export const childTable: TableFormat<ChildRow> = {
  table: "child_execution",
  primaryKey: ["parent_id", "key"],
  columns: { parentId: "parent_id", key: "key", childId: "child_id" },
  identity: ({ parentId, key }) => `execution ${parentId}, key ${key}`,
};

const columns = selectList(childTable);
const byKey = `select ${columns} from child_execution where parent_id = $parentId and key = $key`;
const byChild = `select ${columns} from child_execution where child_id = $childId`;

export function childOfStep(db: Connection, parentId: string, key: string): ChildRow | undefined {
  const stored = db.get<Stored<ChildRow>>(byKey, { parentId, key });
  return stored && intact(childTable, stored);
}

/** What an execution is the child of. */
export function originOf(db: Connection, childId: string): ChildRow | undefined {
  const stored = db.get<Stored<ChildRow>>(byChild, { childId });
  return stored && intact(childTable, stored);
}
