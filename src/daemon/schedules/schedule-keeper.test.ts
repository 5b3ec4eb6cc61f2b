import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { fromJson } from "@bufbuild/protobuf";
import { timestampMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import { OverlapPolicy } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import type { ScheduleStatus } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/status_pb.ts";
import { WorkflowSchema } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { benchContext, ScheduleBench, type SpecInit } from "./testing/schedule-bench.ts";

let bench: ScheduleBench;
beforeEach(async () => {
  bench = await ScheduleBench.open();
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

function statusOf(id: string): ScheduleStatus {
  return bench.schedules.get(id).status!;
}

/** Of the next start, from the first moment of the bench: `00:15`. */
function nextOf(id: string): string {
  const { nextAt } = statusOf(id);
  return nextAt ? new Date(timestampMs(nextAt)).toISOString().slice(11, 16) : "none";
}

const overlap = (policy: OverlapPolicy): SpecInit => ({ overlap: policy });
const after: SpecInit = { trigger: { case: "after", value: "10m" } };

describe("a schedule that is due", () => {
  test("starts its agent once, in a conversation of its own, and says so", async () => {
    const id = await bench.add();
    expect(nextOf(id)).toBe("00:15");
    expect(await bench.later(id, 14)).toEqual([]);
    const [executionId = ""] = await bench.later(id, 1);
    expect(await bench.keeper.attend(id, bench.now)).toEqual([]);
    const [execution, ...others] = bench.started;
    expect(others).toEqual([]);
    expect(execution).toMatchObject({
      metadata: { id: executionId, labels: { "stigmer.ai/schedule": "sample" } },
      spec: { agent: "worker", message: "Work." },
      status: { audit: { created: { actor: "schedule/sample" } } },
    });
    expect(statusOf(id)).toMatchObject({ starts: 1n, lastExecution: executionId, missed: 0n });
    expect(nextOf(id)).toBe("00:30");
    await bench.end(executionId);
    await bench.later(id, 15);
    const sessions = new Set(bench.started.map(({ spec }) => spec?.session));
    expect(sessions.size).toBe(2);
  });

  test("goes on with the conversation that it names", async () => {
    const id = await bench.add();
    await bench.end((await bench.later(id, 15))[0] ?? "");
    const session = bench.started[0]?.spec?.session ?? "";
    await bench.update(id, ({ spec }) => {
      if (spec?.target.case === "agent") spec.target.value.session = session;
    });
    await bench.later(id, 15);
    expect(bench.started.map(({ spec }) => spec?.session)).toEqual([session, session]);
    expect(bench.all(ApiResourceKind.SESSION)).toHaveLength(1);
  });

  test("does not make what somebody edits out of date", async () => {
    const id = await bench.add();
    const edited = bench.schedules.get(id);
    await bench.later(id, 15);
    edited.spec!.description = "Edited.";
    const written = await bench.schedules.update(edited, benchContext);
    expect(written).toMatchObject({ spec: { description: "Edited." }, status: { starts: 1n } });
  });
});

describe("what is due while the one before still runs", () => {
  test("is left out, and counted", async () => {
    const id = await bench.add();
    const [first = ""] = await bench.later(id, 15);
    expect(await bench.later(id, 15)).toEqual([]);
    expect(statusOf(id)).toMatchObject({ starts: 1n, skipped: 1n });
    await bench.end(first);
    expect(await bench.later(id, 15)).toHaveLength(1);
  });

  test("waits when it may queue, and no more than one of it", async () => {
    const id = await bench.add(overlap(OverlapPolicy.QUEUE));
    const [first = ""] = await bench.later(id, 15);
    expect([...(await bench.later(id, 15)), ...(await bench.later(id, 15))]).toEqual([]);
    expect(timestampMs(statusOf(id).waitingSince!)).toBe(Date.parse("2026-01-01T00:30:00Z"));
    await bench.restart();
    await bench.end(first);
    expect(await bench.later(id, 1)).toHaveLength(1);
    expect(statusOf(id)).toMatchObject({ starts: 2n, skipped: 1n });
    expect(statusOf(id).waitingSince).toBeUndefined();
    expect(nextOf(id)).toBe("01:00");
  });

  test("runs beside it when that is allowed", async () => {
    const id = await bench.add(overlap(OverlapPolicy.ALLOW));
    await bench.later(id, 15);
    await bench.later(id, 15);
    expect(bench.started).toHaveLength(2);
  });

  test("takes its place when it may, once that has ended", async () => {
    const id = await bench.add(overlap(OverlapPolicy.REPLACE));
    const [first = ""] = await bench.later(id, 15);
    // It never ran: the cancel ends it at once.
    const [second = ""] = await bench.later(id, 15);
    expect(bench.store.read.execution(first)).toMatchObject({ state: "ended" });
    expect(bench.store.read.execution(second)).toMatchObject({ state: "ready" });
    expect(statusOf(id)).toMatchObject({ starts: 2n, skipped: 0n });
  });

  test("counts from the end of the one before where the schedule says so", async () => {
    const id = await bench.add(after);
    expect(nextOf(id)).toBe("00:10");
    const [first = ""] = await bench.later(id, 10);
    expect(nextOf(id)).toBe("none");
    await bench.later(id, 60);
    await bench.end(first);
    await bench.afterDowntime(id, 3);
    expect(nextOf(id)).toBe("01:20");
    await bench.resources(ApiResourceKind.AGENT_EXECUTION).delete(first, benchContext);
    expect(await bench.afterDowntime(id, 120)).toHaveLength(1);
  });
});

describe("what was missed", () => {
  test("is left out without a window, and counted", async () => {
    const id = await bench.add();
    expect(await bench.afterDowntime(id, 50)).toEqual([]);
    expect(statusOf(id)).toMatchObject({ starts: 0n, missed: 3n });
    expect(nextOf(id)).toBe("01:00");
  });

  test("is made up for once within the window, by the last of it", async () => {
    const id = await bench.add({ catchUpSeconds: 600 });
    expect(await bench.afterDowntime(id, 50)).toHaveLength(1);
    expect(statusOf(id)).toMatchObject({ starts: 1n, missed: 2n });
    expect(nextOf(id)).toBe("01:00");
  });

  test("is not made up for outside of the window", async () => {
    const id = await bench.add({ catchUpSeconds: 240 });
    expect(await bench.afterDowntime(id, 50)).toEqual([]);
    expect(statusOf(id)).toMatchObject({ starts: 0n, missed: 3n });
  });

  test("is nothing while a daemon was there that had much to do", async () => {
    const id = await bench.add();
    expect(await bench.later(id, 20)).toHaveLength(1);
    expect(statusOf(id)).toMatchObject({ missed: 0n });
  });

  test("is nothing when the daemon was away for a moment", async () => {
    const id = await bench.add();
    await bench.later(id, 14.99);
    expect(await bench.afterDowntime(id, 0.1)).toHaveLength(1);
  });
});

describe("a paused schedule", () => {
  test("starts nothing, and makes up for nothing when it is resumed", async () => {
    const id = await bench.add({ catchUpSeconds: 86_400 });
    await bench.schedules.pause(id, benchContext);
    expect(nextOf(id)).toBe("none");
    expect(await bench.afterDowntime(id, 50)).toEqual([]);
    await bench.schedules.resume(id, benchContext);
    expect(await bench.keeper.attend(id, bench.now)).toEqual([]);
    expect(statusOf(id)).toMatchObject({ starts: 0n, missed: 0n });
    expect(nextOf(id)).toBe("01:00");
    expect(await bench.later(id, 10)).toHaveLength(1);
  });

  test("is triggered all the same, and so is one where something runs", async () => {
    const id = await bench.add({ paused: true });
    const first = await bench.keeper.trigger(id, benchContext);
    const second = await bench.keeper.trigger(id, benchContext);
    expect(second).not.toBe(first);
    expect(statusOf(id)).toMatchObject({ starts: 2n, lastExecution: second });
    expect(nextOf(id)).toBe("none");
  });
});

test("a trigger leaves the due times, and what it started counts as running", async () => {
  const id = await bench.add();
  await bench.keeper.trigger(id, { ...benchContext, requestId: "once" });
  await bench.keeper.trigger(id, { ...benchContext, requestId: "once" });
  expect(bench.started).toHaveLength(1);
  expect(nextOf(id)).toBe("00:15");
  expect(await bench.later(id, 15)).toEqual([]);
  expect(statusOf(id)).toMatchObject({ starts: 1n, skipped: 1n });
});

test("a changed time is counted from the change, another change leaves the next start", async () => {
  const id = await bench.add();
  bench.now += 5 * 60_000;
  await bench.update(id, ({ spec }) => (spec!.description = "Changed."));
  expect(nextOf(id)).toBe("00:15");
  await bench.update(id, ({ spec }) => (spec!.trigger = { case: "every", value: "1h" }));
  expect(nextOf(id)).toBe("01:05");
});

test("a change of something else does not lose a start that is due at that moment", async () => {
  const id = await bench.add();
  bench.now += 15 * 60_000 + 1;
  await bench.update(id, ({ spec }) => (spec!.description = "Changed."));
  expect(statusOf(id)).toMatchObject({ starts: 1n, missed: 0n });
  expect(nextOf(id)).toBe("00:30");
});

test("a clock that is set back does not keep an interval waiting", async () => {
  const id = await bench.add();
  bench.now -= 6 * 3_600_000;
  await bench.keeper.attend(id, bench.now);
  expect(nextOf(id)).toBe("18:15");
  expect(bench.store.read.unsettledSchedules(ApiResourceKind.SCHEDULE, bench.now)).toEqual([]);
});

test("a start that fails is said, and tried again when due, then at longer intervals", async () => {
  const id = await bench.add({ trigger: { case: "every", value: "1m" } });
  await bench.restart((store) => ({
    ...store,
    write: (operation, input) =>
      operation === "createExecution"
        ? Promise.reject(new Error("broken"))
        : store.write(operation, input),
  }));
  const waits: number[] = [];
  for (let start = 0; start < 12; start++) {
    const next = timestampMs(statusOf(id).nextAt!);
    waits.push((next - bench.now) / 60_000);
    bench.now = next;
    await bench.keeper.attend(id, bench.now);
  }
  expect(waits).toEqual([1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 60]);
  expect(statusOf(id)).toMatchObject({ starts: 0n, failures: 12 });
  expect(statusOf(id).lastError).toMatchObject({ message: "broken" });
  await bench.restart();
  bench.now = timestampMs(statusOf(id).nextAt!);
  expect(await bench.keeper.attend(id, bench.now)).toHaveLength(1);
  expect(statusOf(id)).toMatchObject({ starts: 1n, failures: 0 });
  expect(statusOf(id).lastError).toBeUndefined();
});

test("a store that takes nothing now says nothing against a start", async () => {
  const id = await bench.add();
  await bench.restart((store) => ({
    ...store,
    write: () => Promise.reject(new StigmerError("resource-exhausted", "disk full")),
  }));
  const refused = await failureOf(bench.later(id, 15));
  expect(refused.code).toBe("resource-exhausted");
  await bench.restart();
  expect(await bench.later(id, 0)).toHaveLength(1);
  expect(statusOf(id)).toMatchObject({ failures: 0, missed: 0n });
});

test("a workflow is started with its input", async () => {
  const document = { dsl: "1.0.0", namespace: "test", name: "nightly", version: "1.0.0" };
  const doing = [{ wait: { set: { done: true } } }];
  const workflow = fromJson(WorkflowSchema, {
    metadata: { slug: "nightly" },
    spec: { document, do: doing },
  });
  await bench.resources(ApiResourceKind.WORKFLOW).create(workflow, benchContext);
  const input = fromJson(ValueSchema, { day: 1 });
  const value = { workflow: "nightly", input };
  const id = await bench.add({ target: { case: "workflow", value } });
  const [executionId] = await bench.later(id, 15);
  const runs = bench.all(ApiResourceKind.WORKFLOW_EXECUTION);
  expect(runs).toMatchObject([{ metadata: { id: executionId }, spec: { workflow: "nightly" } }]);
  expect(statusOf(id)).toMatchObject({ starts: 1n, lastExecution: executionId });
});

async function failureOf(promise: Promise<unknown>): Promise<StigmerError> {
  try {
    await promise;
  } catch (thrown) {
    return toStigmerError(thrown);
  }
  throw new Error("nothing was thrown");
}
