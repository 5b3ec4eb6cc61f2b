import { expect, setDefaultTimeout, test } from "bun:test";
import { AgentExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { ExecutionPhase } from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { toolCall } from "./scenario.ts";
import { cancelExecution, followToEnd, ScenarioHome } from "./scenario-home.ts";

setDefaultTimeout(120_000);

const promiseMs = 1_000;
const { get } = AgentExecutionQueryController.method;

test.each([
  { what: "a model that never answers", turns: [{ hang: true }], hasBegun: isAsked },
  {
    what: "a model that answers slowly",
    turns: [{ text: "word ".repeat(500), delayMs: 200 }],
    hasBegun: isAsked,
  },
  {
    what: "a tool that never ends",
    turns: [{ tools: [toolCall("send", "a", 600_000)] }],
    hasBegun: isCalled,
  },
])("a cancel ends $what within a second", async ({ turns, hasBegun }) => {
  await using home = await ScenarioHome.create(turns);
  const { channel } = await home.start();
  const id = await home.execute(channel);
  await home.until("the effect", () => hasBegun(home));
  const cancelledAt = performance.now();
  await cancelExecution(channel, id);
  await followToEnd(channel, id);
  expect(performance.now() - cancelledAt).toBeLessThan(promiseMs);
  const { status } = await channel.unary(get, { value: id });
  expect(status?.phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
});

test("a cancel ends an execution that never started, without a runner", async () => {
  await using home = await ScenarioHome.create([{ hang: true }], { settings: { "runner.max": 1 } });
  const { channel } = await home.start();
  const running = await home.execute(channel);
  await home.until("the request", () => home.requests[0] === 1);
  const pending = await home.execute(channel);
  await cancelExecution(channel, pending);
  const { status } = await channel.unary(get, { value: pending });
  expect(status).toMatchObject({
    phase: ExecutionPhase.EXECUTION_CANCELLED,
    attempts: 0,
    error: { code: "cancelled", message: "enough" },
  });
  expect(home.runners).toHaveLength(1);
  await cancelExecution(channel, running);
  await followToEnd(channel, running);
});

function isAsked({ requests }: ScenarioHome): boolean {
  return requests[0] === 1;
}

function isCalled({ calls }: ScenarioHome): boolean {
  return calls.has("a");
}
