import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "bun:test";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import type { Connection } from "../connection.ts";
import { openForWriting } from "../open-database.ts";
import { insertRow } from "../table-format.ts";
import { artifactTable } from "../tables/artifact-table.ts";
import { journalTable } from "../tables/journal-table.ts";
import { messageTable } from "../tables/message-table.ts";
import { resourceTable } from "../tables/resource-table.ts";
import { revisionTable } from "../tables/revision-table.ts";
import { addExecution } from "../testing/older-rows.ts";
import { bytes } from "../testing/samples.ts";
import { version1 } from "./version-1.ts";
import { version2 } from "./version-2.ts";
import { version3 } from "./version-3.ts";

const hashOf = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("hex");

function addArtifact(db: Connection, text: string, createdAt: number): string {
  const hash = hashOf(text);
  insertRow(db, artifactTable, { hash, size: text.length, createdAt });
  return hash;
}

/** Two results of tools in one message, between text that looks like the start of a hash. */
function messageWith(hashes: readonly string[]): Uint8Array {
  const parts = hashes.map((artifact) => ({
    part: { case: "toolResult", value: { callId: "2@2@", artifact } } as const,
  }));
  const text = { part: { case: "text", value: `2@${"f".repeat(64)}` } } as const;
  return toBinary(AgentMessageSchema, create(AgentMessageSchema, { parts: [text, ...parts] }));
}

function referencesOf(db: Connection): { resourceId: string; hash: string }[] {
  return db.all("select resource_id as resourceId, hash from resource_artifact order by 1, 2");
}

test("artifacts of an older store are found in its journals and messages", () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  const [large, first, second, late, unused] = ((): string[] => {
    using db = openForWriting(file, [version1, version2]);
    addExecution(db, "aex-ended", "ended");
    addExecution(db, "aex-open", "waiting");
    const hashes = ["large", "first", "second"].map((text) => addArtifact(db, text, 500));
    hashes.push(addArtifact(db, "late", 2_000), addArtifact(db, "unused", 600));
    const payload = bytes(JSON.stringify({ $artifact: hashes[0] }));
    const entry = { executionId: "aex-ended", seq: 1, type: 2, key: "model#1", at: 1, payload };
    insertRow(db, journalTable, entry);
    const body = messageWith(hashes.slice(1, 3));
    insertRow(db, messageTable, { executionId: "aex-ended", sequence: 1, body });
    return hashes;
  })();
  using db = openForWriting(file, [version1, version2, version3]);
  const ended = [large, first, second].map((hash) => ({ resourceId: "aex-ended", hash }));
  const found = referencesOf(db);
  expect(found).toHaveLength(4);
  expect(found).toEqual(expect.arrayContaining([...ended, { resourceId: "aex-open", hash: late }]));
  expect(found.map(({ hash }) => hash)).not.toContain(unused);
});

test("a resource of an older store keeps its current revision", () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  {
    using db = openForWriting(file, [version1, version2]);
    insertRow(db, revisionTable, { hash: "r-1", kind: 43, body: bytes("spec") });
    insertRow(db, resourceTable, {
      kind: 43,
      id: "agt-1",
      org: "",
      slug: "one",
      name: "one",
      resourceVersion: 1,
      createdAt: 1,
      updatedAt: 7,
      revisionHash: "r-1",
      parentId: null,
      phase: 0,
      body: bytes("body"),
    });
  }
  using db = openForWriting(file);
  expect(db.all("select resource_id as id, hash, since from resource_revision")).toEqual([
    { id: "agt-1", hash: "r-1", since: 7 },
  ]);
});
