import { expect, test } from "bun:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Store } from "../../store/store.ts";
import { newExecution } from "../../store/testing/samples.ts";
import { TemporaryStore } from "../../store/testing/temporary-store.ts";
import { createLogger } from "../../system/log.ts";
import { readSettings } from "../../system/settings.ts";
import { Retention } from "./retention.ts";

const log = createLogger({ sink: { write: () => undefined }, level: "error" });

async function fill(store: Store, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => `aex-${index + 1}`);
  const append = { fencingToken: null, expectedSeq: null, entries: [] };
  await Promise.all(
    ids.map(async (executionId, at) => {
      await store.write("createExecution", newExecution(executionId, 1));
      await store.write("append", { ...append, executionId, at, next: { kind: "end" } });
    }),
  );
}

/** Keeps one execution, and begins at once. */
function retentionOf(store: Store): Retention {
  const overrides = { "history.maxExecutions": 1, "history.maxAge": 0 };
  const settings = async () => await readSettings({ variables: {}, overrides });
  return new Retention({ store, settings, log, delayMs: 0 });
}

function gone(store: Store): Promise<void> {
  return new Promise((resolve) => {
    store.onCommitted((changes) => {
      if (changes.some(({ effect }) => effect === "deleted")) resolve();
    });
  });
}

test("nothing is removed while the history is moved, and what is over the limits after it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await fill(store, 300);
  const collecting = gone(store);
  await using retention = retentionOf(store);
  await collecting;
  const paused = await retention.pause();
  const left = store.read.historyTotals().executions;
  expect(left).toBeGreaterThan(1);
  expect(await retention.surplus()).toEqual({
    executions: left - 1,
    settings: ["history.maxExecutions"],
  });
  for (let turn = 0; turn < 50; turn++) {
    // oxlint-disable-next-line no-await-in-loop -- whoever would collect has time to
    await Promise.all([nextTurn(), store.write("forgetRequests", { before: 0, limit: 1 })]);
  }
  expect(store.read.historyTotals().executions).toBe(left);
  const again = gone(store);
  paused[Symbol.dispose]();
  await again;
  expect(store.read.historyTotals().executions).toBeLessThan(left);
});
