import { expect, test } from "bun:test";
import { insertRow, intact, selectList, type Stored } from "./table-format.ts";
import { type DeclarationRow, declarationTable } from "./tables/declaration-table.ts";
import { Database } from "bun:sqlite";
import { Connection } from "./connection.ts";
import { bytes, errorOf } from "./testing/samples.ts";

/** A row as it is read when damage has changed the type of a value. */
function storedAs(columns: string): Stored<DeclarationRow> {
  using db = new Connection(new Database(":memory:", { strict: true }));
  db.script("create table declaration (resource_id text, body, sha256)");
  insertRow(db, declarationTable, { resourceId: "agt-1", body: bytes("body") });
  db.script(`update declaration set ${columns}`);
  const [row] = db.all<Stored<DeclarationRow>>(
    `select ${selectList(declarationTable)} from declaration`,
  );
  if (!row) throw new Error("there is a row");
  return row;
}

test("a row that nothing happened to is intact", () => {
  const { body } = intact(declarationTable, storedAs("resource_id = resource_id"));
  expect(body).toEqual(bytes("body"));
});

test.each([
  ["its bytes became text", "body = cast(body as text)"],
  ["its bytes are missing", "body = null"],
  ["its hash became text", "sha256 = cast(sha256 as text)"],
  ["its hash is missing", "sha256 = null"],
  ["another value changed", "resource_id = 'agt-2'"],
])("a row is damaged when %s", (_, columns) => {
  const error = errorOf(() => intact(declarationTable, storedAs(columns)));
  expect(error.code).toBe("data-loss");
});
