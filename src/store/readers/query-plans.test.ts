import { afterAll, beforeAll, expect, test } from "bun:test";
import { Connection, type SqlParameters } from "../connection.ts";
import { Database } from "bun:sqlite";
import type { Store } from "../store.ts";
import { agentKind, executionKind, newAgent, sessionKind } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import { executionReader } from "./execution-reader.ts";
import { historyReader } from "./history-reader.ts";
import { fewLabelled } from "./list-source.ts";
import { type ListQuery, resourceReader } from "./resource-reader.ts";

let temporary: TemporaryStore;
let store: Store;

/** More agents with one label than are read as a whole, one of them with another. */
beforeAll(async () => {
  temporary = await TemporaryStore.open();
  store = temporary.store;
  const agents = Array.from({ length: fewLabelled + 10 }, (_, index) => {
    const labels = { team: "a", ...(index === 7 ? { rare: "yes" } : {}) };
    const id = `agt-${String(index).padStart(5, "0")}`;
    return newAgent(id, { createdAt: index, labels, phase: index % 3 });
  });
  await Promise.all(agents.map((agent) => store.write("createResource", agent)));
});
afterAll(async () => {
  await temporary[Symbol.asyncDispose]();
});

/** Keeps how SQLite goes about each statement that is read through it. */
class ExplainedConnection extends Connection {
  readonly steps: string[] = [];

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as what it overrides
  override get<Row>(sql: string, parameters: SqlParameters = {}): Row | undefined {
    this.#explain(sql, parameters);
    return super.get<Row>(sql, parameters);
  }

  override all<Row>(sql: string, parameters: SqlParameters = {}): Row[] {
    this.#explain(sql, parameters);
    return super.all<Row>(sql, parameters);
  }

  #explain(sql: string, parameters: SqlParameters): void {
    const plan = super.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
    this.steps.push(...plan.map(({ detail }) => detail));
  }
}

function stepsOf(read: (db: Connection) => unknown): string[] {
  using db = new ExplainedConnection(new Database(temporary.file, { strict: true }));
  read(db);
  return db.steps;
}

const list = (query: Partial<ListQuery>) => (db: Connection) =>
  resourceReader(db).list({ kinds: [agentKind], org: "local", pageSize: 50, ...query });

test.each<[string, (db: Connection) => unknown, string]>([
  ["a first page", list({}), "resource_newest (kind=?"],
  ["a page of several kinds", list({ kinds: [agentKind, sessionKind] }), "resource_newest (kind=?"],
  ["a page of some phases", list({ phases: [1, 2] }), "resource_phase (kind=? AND phase=?"],
  ["a page of a label that few have", list({ labelSelector: "rare=yes" }), "label_value (key=?"],
  [
    "a page of a label that many have",
    list({ labelSelector: "team=a" }),
    "resource_newest (kind=?",
  ],
  ["a page of one parent", list({ parentId: "x" }), "resource_parent (parent_id=?"],
  [
    "a page of one parent in some phases",
    list({ parentId: "x", phases: [1] }),
    "resource_parent (parent_id=?",
  ],
  [
    "a resource by its slug",
    (db) => resourceReader(db).getBySlug(agentKind, "local", "x"),
    "resource_slug (kind=?",
  ],
  ["what has not ended", (db) => executionReader(db).countOpen(), "execution_state (state=?"],
  ["how much history there is", (db) => historyReader(db).historyTotals(), "history_ended"],
  ["the oldest of the history", (db) => historyReader(db).collectable(64), "history_ended"],
])("%s is read in an index", (_, read, index) => {
  const steps = stepsOf(read);
  expect(steps.join("\n")).toContain(index);
  const wholeTables = steps.filter(
    (step) =>
      /^SCAN (resource|execution|label|history|reference)\b/.test(step) && !step.includes("USING"),
  );
  expect(wholeTables).toEqual([]);
});

test("how few have a label changes the way and not the answer", () => {
  const idsOf = (query: Partial<ListQuery>): string[] =>
    list(query)(new Connection(new Database(temporary.file))).items.map((item) =>
      item.kind === "intact" ? item.row.id : "damaged",
    );
  expect(idsOf({ labelSelector: "rare=yes" })).toEqual(["agt-00007"]);
  expect(idsOf({ labelSelector: "team=a", pageSize: 3 })).toEqual([
    "agt-05009",
    "agt-05008",
    "agt-05007",
  ]);
  expect(idsOf({ labelSelector: "team=a,rare" })).toEqual(["agt-00007"]);
  expect(idsOf({ labelSelector: "rare=yes,team=b" })).toEqual([]);
});

test("a phase that is asked for twice is listed once, and many are asked for at once", () => {
  const idsOf = (phases: number[]): string[] =>
    store.read
      .list({ kinds: [agentKind, executionKind], pageSize: 2, phases })
      .items.map((item) => (item.kind === "intact" ? item.row.id : "damaged"));
  expect(idsOf([1, 1, 2])).toEqual(["agt-05009", "agt-05008"]);
  expect(idsOf(Array.from({ length: 600 }, (_, phase) => phase + 1))).toEqual([
    "agt-05009",
    "agt-05008",
  ]);
});
