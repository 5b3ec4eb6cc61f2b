import { expect, test } from "bun:test";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { openForWriting } from "../open-database.ts";
import { insertRow } from "../table-format.ts";
import { artifactTable } from "../tables/artifact-table.ts";
import { journalTable } from "../tables/journal-table.ts";
import { messageTable } from "../tables/message-table.ts";
import { addExecution } from "../testing/older-rows.ts";
import { bytes } from "../testing/samples.ts";
import { migrations } from "./migrations.ts";

test("executions of an older store are counted with what they hold", () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  {
    using db = openForWriting(file, migrations.slice(0, 3));
    addExecution(db, "aex-ended", "ended");
    addExecution(db, "aex-empty", "ended");
    addExecution(db, "aex-open", "waiting");
    for (const [seq, text] of ["12", "345"].entries()) {
      const entry = { executionId: "aex-ended", seq, type: 1, key: "k", at: 1 };
      insertRow(db, journalTable, { ...entry, payload: bytes(text) });
    }
    insertRow(db, messageTable, { executionId: "aex-ended", sequence: 1, body: bytes("6789") });
    insertRow(db, artifactTable, { hash: "h-1", size: 1_000, createdAt: 1 });
    db.run("insert into resource_artifact (resource_id, hash) values ('aex-ended', 'h-1')");
  }
  using db = openForWriting(file);
  expect(db.all("select execution_id as id, bytes, ended_at as endedAt from history")).toEqual([
    { id: "aex-empty", bytes: 0, endedAt: 1_000 },
    { id: "aex-ended", bytes: 1_009, endedAt: 1_000 },
    { id: "aex-open", bytes: 0, endedAt: null },
  ]);
});
