import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Schedule } from "../src/contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ScheduleCommandController } from "../src/contract/gen/ai/stigmer/agentic/schedule/v1/command_pb.ts";
import { OverlapPolicy } from "../src/contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { metadataKeys } from "../src/contract/metadata-keys.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { until } from "./every-kind/until.ts";

const scheduleKind = kindOf(ApiResourceKind.SCHEDULE);
const { method } = ScheduleCommandController;

const scripts = { hanging: { turns: [{ hang: true }] } };

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts });
  const models = { quick: "script/echo", endless: "script/hanging" };
  for (const [slug, model] of Object.entries(models)) {
    const spec = { instructions: "Work.", model };
    await home.client(kindOf(ApiResourceKind.AGENT)).create({ metadata: { slug }, spec });
  }
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function add(slug: string, spec: object, agent = "quick"): Promise<Schedule> {
  const target = { case: "agent", value: { agent, message: "Go" } };
  const trigger = { case: "every", value: "1s" };
  const init = { metadata: { slug }, spec: { trigger, target, ...spec } };
  return (await home.client(scheduleKind).create(init)) as Schedule;
}

async function get(slug: string): Promise<Schedule> {
  return (await home.client(scheduleKind).get(slug)) as Schedule;
}

/** The schedule as soon as its status is so. */
async function untilStatus(
  slug: string,
  isSo: (status: NonNullable<Schedule["status"]>) => boolean,
): Promise<NonNullable<Schedule["status"]>> {
  return await until(async () => {
    const { status } = await get(slug);
    return status && isSo(status) ? status : undefined;
  });
}

async function remove(slug: string): Promise<void> {
  await home.client(scheduleKind).delete(slug);
}

async function cancel(id: string): Promise<void> {
  await home.executions.cancel(id, "enough");
}

describe("a schedule", () => {
  test("starts its agent again and again, until it is deleted", async () => {
    const made = await add("steady", {});
    expect(timestampMs(made.status!.nextAt!) - timestampMs(made.status!.audit!.created!.at!)).toBe(
      1_000,
    );
    const first = await untilStatus("steady", ({ starts }) => starts === 1n);
    const status = await untilStatus("steady", ({ starts }) => starts >= 3n);
    await remove("steady");
    expect(status.lastExecution).not.toBe(first.lastExecution);
    const ended = await home.executions.end(first.lastExecution);
    expect(ended).toMatchObject({ phase: ExecutionPhase.EXECUTION_COMPLETED, output: "Go" });
    const count = async (): Promise<number> =>
      (
        await home.client(kindOf(ApiResourceKind.AGENT_EXECUTION)).list({
          labelSelector: "stigmer.ai/schedule=steady",
        })
      ).items.length;
    const before = await count();
    await add("clock", {});
    await untilStatus("clock", ({ starts }) => starts >= 2n);
    await remove("clock");
    expect(await count()).toBe(before);
  });

  test("leaves out what is due while it still runs, and counts it", async () => {
    await add("skipping", {}, "endless");
    const status = await untilStatus("skipping", ({ skipped }) => skipped >= 2n);
    expect(status.starts).toBe(1n);
    await remove("skipping");
    await cancel(status.lastExecution);
  });

  test("lets one wait where it queues, which starts when the other ends", async () => {
    await add("queueing", { overlap: OverlapPolicy.QUEUE }, "endless");
    const waiting = await untilStatus("queueing", (status) => status.waitingSince !== undefined);
    await cancel(waiting.lastExecution);
    const status = await untilStatus("queueing", ({ starts }) => starts === 2n);
    await remove("queueing");
    await cancel(status.lastExecution);
  });

  test("cancels what runs where it replaces", async () => {
    await add("replacing", { overlap: OverlapPolicy.REPLACE }, "endless");
    const { lastExecution } = await untilStatus("replacing", ({ starts }) => starts === 1n);
    const { phase, error } = await home.executions.end(lastExecution);
    expect(phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
    expect(error?.message).toBe("replaced by the next start of its schedule");
    const status = await untilStatus("replacing", ({ starts }) => starts >= 2n);
    await remove("replacing");
    await cancel(status.lastExecution);
  });

  test("counts from the end of what it started", async () => {
    const trigger = { case: "after", value: "1s" };
    await add("following", { trigger });
    const status = await untilStatus("following", ({ starts }) => starts === 2n);
    await remove("following");
    const starts = (
      await home.client(kindOf(ApiResourceKind.AGENT_EXECUTION)).list({
        labelSelector: "stigmer.ai/schedule=following",
      })
    ).items;
    const first = await home.executions.end(starts[1]!.metadata!.id);
    expect(timestampMs(status.lastAt!) - timestampMs(first.endedAt!)).toBeGreaterThanOrEqual(1_000);
  });

  test("starts nothing while it is paused, and something when it is triggered", async () => {
    await add("resting", { paused: true });
    const { channel } = home.daemon;
    const value = "resting";
    const metadata = { [metadataKeys.requestId]: "one-trigger" };
    const [one, same] = [
      await channel.unary(method.trigger, { value }, { metadata }),
      await channel.unary(method.trigger, { value }, { metadata }),
    ];
    expect(one.status).toMatchObject({ starts: 1n });
    expect(one.status?.nextAt).toBeUndefined();
    expect(same.status).toMatchObject({ starts: 1n, lastExecution: one.status!.lastExecution });
    const resumed = await channel.unary(method.resume, { value });
    expect(resumed.status?.nextAt).toBeDefined();
    await untilStatus("resting", ({ starts }) => starts === 2n);
    const paused = await channel.unary(method.pause, { value });
    expect(paused.status?.nextAt).toBeUndefined();
    await remove("resting");
  });
});
