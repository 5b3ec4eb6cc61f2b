import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { AgentExecution } from "../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { ResourceDocumentSchema } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { Schedule } from "../src/contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import {
  OverlapPolicy,
  ScheduleSpecSchema,
} from "../src/contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { create } from "@bufbuild/protobuf";
import { kindOf } from "../src/contract/kinds.ts";
import { inParts } from "../src/contract/message-parts.ts";
import { KindClient } from "./every-kind/kind-client.ts";
import { until } from "./every-kind/until.ts";
import { DaemonHome } from "./support/daemon-home.ts";
import type { DaemonProcess } from "./support/daemon-process.ts";

// Daemons that are killed and started, on a machine that may be busy.
setDefaultTimeout(120_000);

const scheduleKind = kindOf(ApiResourceKind.SCHEDULE);
const agentKind = kindOf(ApiResourceKind.AGENT);
const executionKind = kindOf(ApiResourceKind.AGENT_EXECUTION);
const config = JSON.stringify({ "model.default": "script/echo", "limits.setDocuments": 20_000 });

const kills = 8;

async function killed(daemon: DaemonProcess): Promise<void> {
  daemon.kill("SIGKILL");
  await daemon.exited;
  daemon.channel[Symbol.dispose]();
}

const schedule = (slug: string, every: string) => ({
  metadata: { slug },
  spec: create(ScheduleSpecSchema, {
    trigger: { case: "every", value: every },
    target: { case: "agent", value: { agent: "worker", message: "Go" } },
    overlap: OverlapPolicy.ALLOW,
    catchUpSeconds: 60,
  }),
});

async function scheduleOf(daemon: DaemonProcess): Promise<Schedule> {
  return (await new KindClient(scheduleKind, daemon.channel).get("steady")) as Schedule;
}

async function executionsOf(daemon: DaemonProcess): Promise<AgentExecution[]> {
  const all: AgentExecution[] = [];
  const client = new KindClient(executionKind, daemon.channel);
  for await (const page of client.pages({ pageSize: 200 })) all.push(...(page as AgentExecution[]));
  return all;
}

test("every due time is started once or counted as missed, however often the daemon is killed", async () => {
  await using home = await DaemonHome.create(config);
  let daemon = await home.start();
  await new KindClient(agentKind, daemon.channel).create({
    metadata: { slug: "worker" },
    spec: { instructions: "Work." },
  });
  const made = (await new KindClient(scheduleKind, daemon.channel).create(
    schedule("steady", "1s"),
  )) as Schedule;
  const firstDue = timestampMs(made.status!.nextAt!);
  for (let kill = 0; kill < kills; kill++) {
    const { starts } = (await scheduleOf(daemon)).status!;
    // Spread over the moments before, in and after a start.
    const next = timestampMs((await scheduleOf(daemon)).status!.nextAt!);
    await Bun.sleep(Math.max(0, next - Date.now() - 4 + kill * 2));
    await killed(daemon);
    daemon = await home.start();
    await until(async () =>
      (await scheduleOf(daemon)).status!.starts > starts ? true : undefined,
    );
  }
  await new KindClient(scheduleKind, daemon.channel).update({
    metadata: { slug: "steady" },
    spec: { ...schedule("steady", "7d").spec },
  });
  const { status } = await scheduleOf(daemon);
  const executions = await executionsOf(daemon);
  expect(executions).toHaveLength(Number(status!.starts));
  expect(new Set(executions.map(({ spec }) => spec?.session)).size).toBe(executions.length);
  // Whatever was due up to the change is either.
  const due = Math.floor((timestampMs(status!.lastAt!) - firstDue) / 1_000) + 1;
  const accounted = Number(status!.starts + status!.missed);
  expect(Math.abs(accounted - due)).toBeLessThanOrEqual(1);
});

const clockTicksPerSecond = 100;

/** Milliseconds that a process has used of a processor. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / clockTicksPerSecond;
}

test.skipIf(process.platform !== "linux")(
  "10,000 schedules that are not due cost nothing, and do not hold up a start",
  async () => {
    await using home = await DaemonHome.create(config);
    let daemon = await home.start();
    const documents = Array.from({ length: 10_000 }, (_, index) =>
      create(ResourceDocumentSchema, {
        resource: { case: "schedule", value: schedule(`idle-${index}`, "7d") },
      }),
    );
    const worker = { metadata: { slug: "worker" }, spec: { instructions: "Work." } };
    const agent = create(ResourceDocumentSchema, { resource: { case: "agent", value: worker } });
    const divided = await Array.fromAsync(inParts(ResourceDocumentSchema, [agent, ...documents]));
    const parts = divided.map((part) => ({ documents: part }));
    for await (const _ of daemon.channel.exchange(ResourceSetController.method.apply, parts));
    await new KindClient(scheduleKind, daemon.channel).create(schedule("steady", "1s"));
    const startedAtAll = async (): Promise<true | undefined> =>
      (await scheduleOf(daemon)).status!.starts >= 2n ? true : undefined;
    await until(startedAtAll);
    await new KindClient(scheduleKind, daemon.channel).delete("steady");
    await killed(daemon);
    daemon = await home.start();
    // What a start does behind the first answer is over by then.
    await Bun.sleep(6_000);
    const before = processorMs(daemon.pid);
    await Bun.sleep(5_000);
    const used = processorMs(daemon.pid) - before;
    expect(used).toBeLessThan(250);
  },
);
