import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ExecutionQueryController } from "../src/contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { WorkflowCommandController } from "../src/contract/gen/ai/stigmer/agentic/workflow/v1/command_pb.ts";
import type { WorkflowExecution } from "../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import type { WorkflowExecutionStatus } from "../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import { TaskPhase } from "../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { until } from "./every-kind/until.ts";
import { WorkflowClient, workflowOf } from "./every-kind/workflow-client.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
let workflows: WorkflowClient;
beforeAll(async () => {
  home = await KindHome.start({ settings: { "runner.idleTimeout": "5s" } });
  workflows = new WorkflowClient(home.daemon.channel);
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const idOf = ({ metadata }: Pick<WorkflowExecution, "metadata">): string => metadata!.id;
const value = (json: JsonValue) => fromJson(ValueSchema, json);

const doubled = workflowOf([
  { double: { set: { n: "${ .n * 2 }" } } },
  { never: { if: "${ false }", set: { n: 0 } } },
  { text: { set: { said: '${ "it is \\(.n)" }' } } },
]);
const waiting = workflowOf([
  { pause: { wait: { seconds: 2 } } },
  { late: { set: { done: true } } },
]);
const forEver = workflowOf([{ pause: { wait: { days: 30 } } }]);

async function run(spec: Parameters<WorkflowClient["start"]>[0]): Promise<WorkflowExecutionStatus> {
  return await workflows.end(idOf(await workflows.start(spec)));
}

function outputOf({ output }: WorkflowExecutionStatus): JsonValue {
  return toJson(ValueSchema, output!);
}

describe("an execution of a workflow", () => {
  test("gives the output of its last task, and keeps every task", async () => {
    const made = await workflows.start({ definition: doubled, input: value({ n: 21 }) });
    expect(made.status?.phase).toBe(ExecutionPhase.EXECUTION_PENDING);
    const status = await workflows.end(idOf(made));
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_COMPLETED);
    expect(outputOf(status)).toEqual({ said: "it is 42" });
    expect(status.tasks).toMatchObject({ total: 3n, completed: 2n, skipped: 1n, running: 0n });
    const tasks = await workflows.tasks(idOf(made), 2);
    expect(tasks.map(({ pointer, phase }) => [pointer, TaskPhase[phase]])).toEqual([
      ["/do/0/double", "COMPLETED"],
      ["/do/1/never", "SKIPPED"],
      ["/do/2/text", "COMPLETED"],
    ]);
    expect(toJson(ValueSchema, tasks[0]!.input!)).toEqual({ n: 21 });
    expect(toJson(ValueSchema, tasks[0]!.output!)).toEqual({ n: 42 });
    expect(tasks[0]!.endedAt).toBeDefined();
  });

  test("fails with the error of its task in the form of RFC 9457", async () => {
    const error = { type: "https://example.com/empty", status: 422, title: "Empty" };
    const status = await run({ definition: workflowOf([{ stop: { raise: { error } } }]) });
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_FAILED);
    expect(status.error).toMatchObject({ ...error, instance: "/do/0/stop" });
    expect(status.tasks).toMatchObject({ total: 1n, failed: 1n });
  });

  test("runs the stored workflow as it was when it was created", async () => {
    const { method } = WorkflowCommandController;
    const stored = (said: string) => ({
      metadata: { slug: "greeter", name: "greeter" },
      spec: workflowOf([{ pause: { wait: { seconds: 2 } } }, { greet: { set: { said } } }]),
    });
    await home.daemon.channel.unary(method.apply, stored("old"));
    const made = await workflows.start({ workflow: "greeter" });
    await home.daemon.channel.unary(method.apply, stored("new"));
    expect(outputOf(await workflows.end(idOf(made)))).toEqual({ said: "old" });
  });

  test("that waits is suspended, says until when, and goes on by itself", async () => {
    const made = await workflows.start({ definition: waiting });
    const event = await workflows.until(
      idOf(made),
      ({ event: { case: kind, value: change } }) =>
        kind === "status" && change.phase === ExecutionPhase.EXECUTION_WAITING,
    );
    expect(event.event.value).toMatchObject({ waiting: { reason: "waits for a time" } });
    const status = await workflows.end(idOf(made));
    expect(outputOf(status)).toEqual({ done: true });
    expect(status).toMatchObject({ attempts: 2, tasks: { total: 2n, completed: 2n } });
    const [pause] = await workflows.tasks(idOf(made));
    expect(toJson(ValueSchema, pause!.input!)).toEqual({});
  });

  test("keeps large values as artifacts", async () => {
    const large = "x".repeat(20_000);
    const definition = workflowOf([{ keep: { set: { large } } }]);
    const made = await workflows.start({ definition });
    const status = await workflows.end(idOf(made));
    expect(status.output).toBeUndefined();
    expect(status.outputArtifact).toHaveLength(64);
    const [task] = await workflows.tasks(idOf(made));
    expect(task!.outputArtifact).toBe(status.outputArtifact);
  });

  test("that waits is cancelled at once, with its reason", async () => {
    const made = await workflows.start({ definition: forEver });
    await workflows.until(
      idOf(made),
      ({ event: { case: kind, value: change } }) =>
        kind === "status" && change.phase === ExecutionPhase.EXECUTION_WAITING,
    );
    await workflows.cancel(idOf(made), "no longer needed");
    const status = await workflows.end(idOf(made));
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
  });

  test("sends each change once, in order, and resumes after a sequence", async () => {
    const made = await workflows.start({ definition: doubled, input: value({ n: 1 }) });
    await workflows.end(idOf(made));
    const all = await Array.fromAsync(workflows.events(idOf(made), 0n));
    const sequences = all.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((one, other) => Number(one - other)));
    expect(all.at(-1)?.event).toMatchObject({
      case: "status",
      value: { phase: ExecutionPhase.EXECUTION_COMPLETED },
    });
    const middle = all[2]!.sequence;
    const rest = await Array.fromAsync(workflows.events(idOf(made), middle));
    expect(rest).toEqual(all.slice(3));
  });

  test("created twice with one request id is one execution", async () => {
    const spec = { definition: doubled, input: value({ n: 1 }) };
    const [first, second] = [
      await workflows.start(spec, "once"),
      await workflows.start(spec, "once"),
    ];
    expect(idOf(second)).toBe(idOf(first));
  });
});

describe("refused before anything runs:", () => {
  test.each([
    ["neither a workflow nor a definition", {}, "spec.workflow"],
    ["both", { workflow: "existing-workflow", definition: doubled }, "spec.workflow"],
    [
      "a definition with a task of no kind",
      { definition: workflowOf([{ odd: { sett: {} } }]) },
      "spec.definition.do[0].odd",
    ],
  ])("%s", async (_what, spec, field) => {
    const failure = await failureOf(workflows.start(spec));
    expect(failure.code).toBe("invalid-argument");
    expect(failure.message).toContain(field);
  });
});

test("executions of both kinds stand in one order, and the newest is @last", async () => {
  const agent = await home.executions.start({ agent: "existing-agent", message: "Go" });
  const workflow = await workflows.start({ definition: doubled, input: value({ n: 1 }) });
  const { method } = ExecutionQueryController;
  const { items } = await home.daemon.channel.unary(method.list, { page: { pageSize: 2 } });
  expect(items.map(({ execution }) => execution.value?.metadata?.id)).toEqual([
    idOf(workflow),
    agent.metadata!.id,
  ]);
  const last = await home.daemon.channel.unary(method.get, { value: "@last" });
  expect(last.execution).toMatchObject({ case: "workflowExecution" });
  const named = await home.daemon.channel.unary(method.get, { value: idOf(workflow) });
  expect(named.execution.value?.metadata?.id).toBe(idOf(workflow));
  const missing = await failureOf(home.daemon.channel.unary(method.get, { value: "wex-none" }));
  expect(missing.code).toBe("not-found");
  await Promise.all([workflows.end(idOf(workflow)), home.executions.end(agent.metadata!.id)]);
});

test("forty at once share two processes and none waits for another", async () => {
  const definition = workflowOf([
    { pause: { wait: { milliseconds: 900 } } },
    { done: { set: { done: true } } },
  ]);
  const made = await Promise.all(Array.from({ length: 40 }, () => workflows.start({ definition })));
  const { method } = SystemQueryController;
  await until(async () => {
    const { runners } = await home.daemon.channel.unary(method.info, {});
    return runners.some(({ executions }) => executions > 1) || undefined;
  });
  const { runners } = await home.daemon.channel.unary(method.info, {});
  expect(runners.filter(({ executions }) => executions > 0).length).toBeLessThanOrEqual(2);
  const ends = await Promise.all(made.map((each) => workflows.end(idOf(each))));
  expect(new Set(ends.map(({ phase }) => phase))).toEqual(
    new Set([ExecutionPhase.EXECUTION_COMPLETED]),
  );
});
