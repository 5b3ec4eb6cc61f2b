import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { EventController } from "../src/contract/gen/ai/stigmer/agentic/event/v1/command_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { WorkflowClient, workflowOf } from "./every-kind/workflow-client.ts";
import { DaemonHome } from "./support/daemon-home.ts";
import type { DaemonProcess } from "./support/daemon-process.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: DaemonHome;
let daemon: DaemonProcess;
beforeAll(async () => {
  home = await DaemonHome.create("");
  daemon = await home.start();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const workflows = () => new WorkflowClient(daemon.channel);

async function restartAfterKill(): Promise<void> {
  daemon.kill("SIGKILL");
  await daemon.exited;
  daemon = await home.start();
}

async function publish(event: JsonObject) {
  return await daemon.channel.unary(EventController.method.publish, { event });
}

async function start(tasks: JsonValue): Promise<string> {
  return (await workflows().start({ definition: workflowOf(tasks) })).metadata!.id;
}

function listenTo(type: string, data = "${ .amount > 10 }"): JsonValue {
  return { listen: { to: { one: { with: { type, data } } } } };
}

async function untilItWaits(id: string): Promise<void> {
  await workflows().until(
    id,
    ({ event: { case: kind, value } }) =>
      kind === "status" && value.phase === ExecutionPhase.EXECUTION_WAITING,
  );
}

async function outputOf(id: string): Promise<JsonValue> {
  const { output, error } = await workflows().end(id);
  if (!output) throw new Error(`${id} has no output: ${error?.detail}`);
  return toJson(ValueSchema, output);
}

test("who listens is woken by the event that matches, and not by others", async () => {
  const id = await start([{ pay: listenTo("paid") }]);
  await untilItWaits(id);
  await publish({ type: "lost", data: { amount: 99 } });
  await publish({ type: "paid", data: { amount: 5 } });
  await publish({ type: "paid", data: { amount: 50 } });
  expect(await outputOf(id)).toEqual([{ amount: 50 }]);
});

test("an event from before the wait, but not from before the run, is heard", async () => {
  await publish({ type: "early", data: { amount: 11 } });
  const id = await start([{ pause: { wait: { seconds: 2 } } }, { pay: listenTo("early") }]);
  await untilItWaits(id);
  await publish({ type: "early", data: { amount: 12 } });
  expect(await outputOf(id)).toEqual([{ amount: 12 }]);
});

test("one workflow hears what another emits", async () => {
  const listener = await start([{ pay: listenTo("order.done") }]);
  await untilItWaits(listener);
  const event = { source: "/shop", type: "order.done", data: { amount: 20 } };
  await outputOf(await start([{ tell: { emit: { event: { with: event } } } }]));
  expect(await outputOf(listener)).toEqual([{ amount: 20 }]);
});

test("an event with the source and id of another is that one", async () => {
  const event = { type: "twice", id: "7", source: "/shop" };
  const [first, second] = [await publish(event), await publish(event)];
  expect(second).toMatchObject({ sequence: first.sequence, duplicate: true });
  const failure = await failureOf(publish({ data: 1 }));
  expect(failure).toMatchObject({ code: "invalid-argument" });
  expect(failure.message).toContain("event.type");
});

test("what waits for an event outlives its runner and its daemon, and hears it once", async () => {
  const tasks = [{ first: listenTo("step") }, { second: listenTo("other") }];
  const id = await start(tasks);
  await untilItWaits(id);
  const { runners } = await daemon.channel.unary(SystemQueryController.method.info, {});
  for (const { pid } of runners) process.kill(pid, "SIGKILL");
  await restartAfterKill();
  await publish({ type: "step", data: { amount: 21 } });
  await workflows().until(
    id,
    ({ event: { case: kind, value } }) => kind === "task" && value.name === "second",
  );
  await restartAfterKill();
  await publish({ type: "other", data: { amount: 22 } });
  expect(await outputOf(id)).toEqual([{ amount: 22 }]);
  const [first] = await workflows().tasks(id);
  expect(toJson(ValueSchema, first!.output!)).toEqual([{ amount: 21 }]);
});
