import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ExecutionQueryController } from "../src/contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { WorkflowCommandController } from "../src/contract/gen/ai/stigmer/agentic/workflow/v1/command_pb.ts";
import type { WorkflowExecutionStatus } from "../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { until } from "./every-kind/until.ts";
import { WorkflowClient, workflowOf } from "./every-kind/workflow-client.ts";

const scripts = {
  helpful: { turns: [{ text: "you said {{user}}" }] },
  slow: { turns: [{ text: "late", firstDelayMs: 2_000 }] },
  hanging: { turns: [{ hang: true }] },
};

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
let workflows: WorkflowClient;
beforeAll(async () => {
  home = await KindHome.start({ scripts, settings: { "runner.idleTimeout": "5s" } });
  workflows = new WorkflowClient(home.daemon.channel);
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function keep(slug: string, tasks: JsonValue): Promise<void> {
  const { method } = WorkflowCommandController;
  const spec = workflowOf(tasks);
  await home.daemon.channel.unary(method.apply, { metadata: { slug, name: slug }, spec });
}

async function start(tasks: JsonValue): Promise<string> {
  return (await workflows.start({ definition: workflowOf(tasks) })).metadata!.id;
}

async function run(tasks: JsonValue): Promise<WorkflowExecutionStatus> {
  return await workflows.end(await start(tasks));
}

const outputOf = ({ output }: WorkflowExecutionStatus): JsonValue => toJson(ValueSchema, output!);

function ask(model: string): JsonValue {
  const parameters = { agent: "existing-agent", message: "hello", model: `script/${model}` };
  return [{ ask: { call: "agent", with: parameters } }];
}

function runs(name: string): JsonValue {
  return [{ sub: { run: { workflow: { namespace: "test", name, version: "1.0.0" } } } }];
}

/** Executions of agents that the newest workflow started, and are not over. */
async function openAgents(): Promise<string[]> {
  const { method } = ExecutionQueryController;
  const phases = [ExecutionPhase.EXECUTION_PENDING, ExecutionPhase.EXECUTION_RUNNING];
  const { items } = await home.daemon.channel.unary(method.list, { phases });
  return items.flatMap(({ execution }) =>
    execution.case === "agentExecution" ? [execution.value.metadata!.id] : [],
  );
}

describe("a task", () => {
  test("that asks an agent gives its answer", async () => {
    const status = await run(ask("helpful"));
    expect(outputOf(status)).toBe("you said hello");
    expect(status.attempts).toBe(2);
  });

  test("that runs another workflow gives its output", async () => {
    await keep("inner", [{ set: { set: { inner: true } } }]);
    expect(outputOf(await run(runs("inner")))).toEqual({ inner: true });
  });

  test("fails with the error of the workflow that it runs", async () => {
    const error = { type: "https://example.com/no", status: 409, title: "No" };
    await keep("failing", [{ stop: { raise: { error } } }]);
    const status = await run(runs("failing"));
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_FAILED);
    expect(status.error).toMatchObject({ type: error.type, status: 409 });
  });

  test("that runs a workflow that runs itself fails after some levels", async () => {
    await keep("endless", runs("endless"));
    const status = await run(runs("endless"));
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_FAILED);
    expect(status.error!.detail).toContain("deep");
  });

  test("of a workflow that is cancelled cancels the agent that it waits for", async () => {
    const id = await start(ask("hanging"));
    const [agent] = await until(async () => {
      const found = await openAgents();
      return found.length > 0 ? found : undefined;
    });
    await workflows.cancel(id, "enough");
    expect((await workflows.end(id)).phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
    const { phase } = await home.executions.end(agent!);
    expect(phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
  });
});

test("a runner that is killed while a child runs starts no second one", async () => {
  const pause = (name: string): JsonValue => ({ [name]: { wait: { milliseconds: 900 } } });
  const hold = { hold: { do: ["a", "b", "c"].map(pause) } };
  const branches = [...(ask("slow") as JsonValue[]), hold];
  const id = await start([{ both: { fork: { branches } } }]);
  await until(async () => ((await slowAgents()).length > 0 ? true : undefined));
  const { method } = SystemQueryController;
  const { runners } = await home.daemon.channel.unary(method.info, {});
  const holders = runners.filter(({ executionId }) => executionId === id);
  expect(holders).toHaveLength(1);
  for (const { pid } of holders) process.kill(pid, "SIGKILL");
  const status = await workflows.end(id);
  expect(outputOf(status)).toEqual(["late", {}]);
  expect(status.attempts).toBeGreaterThan(1);
  expect(await slowAgents()).toHaveLength(1);
});

async function slowAgents(): Promise<string[]> {
  const { items } = await home.daemon.channel.unary(ExecutionQueryController.method.list, {});
  return items.flatMap(({ execution: { case: kind, value } }) =>
    kind === "agentExecution" && value.spec?.model === "script/slow" ? [value.metadata!.id] : [],
  );
}
