import { expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import type { HistoryPart } from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import type { NewExecution } from "../../store/operations/execution-operations.ts";
import type { Store } from "../../store/store.ts";
import { bytes, rejectionOf } from "../../store/testing/samples.ts";
import { TemporaryStore } from "../../store/testing/temporary-store.ts";
import { revisionHash } from "../revision.ts";
import { specSchema } from "../stored-resource.ts";
import { exportHistory } from "./export-history.ts";
import { importHistory } from "./import-history.ts";

const agentRun = ApiResourceKind.AGENT_EXECUTION;
const workflowRun = ApiResourceKind.WORKFLOW_EXECUTION;

const idOf = (prefix: string, digit: number): string => `${prefix}-${String(digit).repeat(26)}`;
const [workflow, early, late] = [idOf("wex", 2), idOf("aex", 1), idOf("aex", 3)] as const;

interface Sample extends Omit<NewExecution, "resource"> {
  readonly kind: ApiResourceKind;
  readonly id: string;
  readonly createdAt: number;
  readonly parentId?: string;
}

async function start(store: Store, sample: Sample): Promise<void> {
  const { kind, id, createdAt, parentId, ...rest } = sample;
  const schema = kindOf(kind).message;
  const body = toBinary(schema, create(schema, { metadata: { id }, spec: {} }));
  const resource = { kind, id, createdAt, org: "", slug: id, name: "", body };
  const ofParent = parentId === undefined ? {} : { parentId };
  await store.write("createExecution", { resource: { ...resource, ...ofParent }, ...rest });
}

async function end(store: Store, executionId: string): Promise<void> {
  const entries = [{ type: 1, key: "k", at: 1, payload: bytes("payload") }];
  const told = { executionId, fencingToken: null, expectedSeq: null, at: 5_000, entries };
  await store.write("append", { ...told, next: { kind: "end" } });
}

async function* sent(parts: readonly HistoryPart[]): AsyncGenerator<HistoryPart> {
  yield* parts;
}

/** A workflow and what it started, the clock set back in between. */
async function startFamily(store: Store): Promise<void> {
  await start(store, { kind: workflowRun, id: workflow, createdAt: 20 });
  for (const [child, createdAt] of [
    [late, 30],
    [early, 10],
  ] as const) {
    const parent = { id: workflow, key: child };
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await start(store, { kind: agentRun, id: child, createdAt, parentId: workflow, parent });
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await end(store, child);
  }
}

const counts = { sessions: 0, executions: 0, skippedSessions: 0, skippedExecutions: 0 };

test("what a workflow started is moved behind it, and skipped the second time", async () => {
  await using one = await TemporaryStore.open();
  await using other = await TemporaryStore.open();
  await startFamily(one.store);
  await end(one.store, workflow);
  const parts = await Array.fromAsync(exportHistory(one.store));
  const first = await importHistory(other.store, sent(parts));
  expect(first).toEqual({ ...counts, executions: 3 });
  expect(other.store.read.get(agentRun, late)?.parentId).toBe(workflow);
  expect(other.store.read.get(agentRun, early)?.parentId).toBe(workflow);
  const second = await importHistory(other.store, sent(parts));
  expect(second).toEqual({ ...counts, skippedExecutions: 3 });
  expect(await Array.fromAsync(exportHistory(other.store))).toEqual(parts);
});

test("what a workflow that goes on started is moved without it", async () => {
  await using one = await TemporaryStore.open();
  await using other = await TemporaryStore.open();
  await startFamily(one.store);
  const parts = await Array.fromAsync(exportHistory(one.store));
  expect((await importHistory(other.store, sent(parts))).executions).toBe(2);
  expect(other.store.read.get(agentRun, late)?.parentId).toBeNull();
  const [, ...again] = await Array.fromAsync(exportHistory(other.store));
  expect(again).toEqual(parts.slice(1));
});

test("a definition that comes with what is skipped is there for what is not", async () => {
  await using one = await TemporaryStore.open();
  await using other = await TemporaryStore.open();
  const schema = specSchema(kindOf(ApiResourceKind.AGENT));
  const spec = create(schema, {});
  const revision = { kind: ApiResourceKind.AGENT, body: toBinary(schema, spec) };
  const pins = [{ ...revision, hash: revisionHash(schema, spec) }];
  await start(one.store, { kind: agentRun, id: early, createdAt: 1, pins });
  await start(one.store, { kind: agentRun, id: late, createdAt: 2, pins });
  await start(other.store, { kind: agentRun, id: early, createdAt: 1 });
  await end(one.store, early);
  await end(one.store, late);
  await importHistory(other.store, exportHistory(one.store));
  expect(other.store.read.pinnedRevisions(late)).toEqual(pins.map(({ hash }) => hash));
});

test("an execution whose rows are cut off leaves nothing behind", async () => {
  await using one = await TemporaryStore.open();
  await using other = await TemporaryStore.open();
  await start(one.store, { kind: agentRun, id: early, createdAt: 1 });
  await end(one.store, early);
  const parts = await Array.fromAsync(exportHistory(one.store));
  const refused = await rejectionOf(importHistory(other.store, sent(parts.slice(0, -1))));
  expect(refused.code).toBe("data-loss");
  expect(other.store.read.execution(early)).toBeUndefined();
  expect((await importHistory(other.store, sent(parts))).executions).toBe(1);
});
