import { create, toBinary } from "@bufbuild/protobuf";
import { expect, setDefaultTimeout, test } from "bun:test";
import type { CallOptions, Channel } from "../../src/contract/channel.ts";
import { AgentExecutionCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { ModelCredentialsSchema } from "../../src/contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ModelCommandController } from "../../src/contract/gen/ai/stigmer/agentic/model/v1/command_pb.ts";
import { ExecutionPhase } from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { metadataKeys } from "../../src/contract/metadata-keys.ts";
import { summarize } from "./run-summary.ts";
import { toolCall } from "./scenario.ts";
import { cancelExecution, followToEnd, followToPhase, ScenarioHome } from "./scenario-home.ts";

setDefaultTimeout(120_000);

const turns = [{ tools: [toolCall("put", "a", 300)] }, { text: "Done." }];

test("an execution whose lent key died with its daemon waits, says what to do, and goes on with another", async () => {
  await using home = await ScenarioHome.create(turns, { provider: "openai" });
  const { channel, id } = await waitingForKey(home);
  const { supplyCredentials } = AgentExecutionCommandController.method;
  await channel.unary(supplyCredentials, { value: id }, lentKey(home));
  await expectDone(home, channel, id);
});

test("a login wakes every execution that waits for that key", async () => {
  await using home = await ScenarioHome.create(turns, {
    provider: "openai",
    addressOf: ["openai"],
  });
  const { channel, id } = await waitingForKey(home);
  const { login } = ModelCommandController.method;
  const answer = await channel.unary(login, { provider: "openai", apiKey: "sk-other" });
  expect(answer.resumedExecutions).toBe(1);
  await expectDone(home, channel, id);
});

test("an execution that waits for a key is cancelled at once", async () => {
  await using home = await ScenarioHome.create(turns, { provider: "openai" });
  const { channel, id } = await waitingForKey(home);
  await cancelExecution(channel, id);
  await followToEnd(channel, id);
  expect((await summarize(channel, id)).phase).toBe("EXECUTION_CANCELLED");
});

/** Starts an execution with a lent key and kills the daemon that held it, in the middle of a tool. */
async function waitingForKey(home: ScenarioHome): Promise<{ channel: Channel; id: string }> {
  const lender = await home.start();
  const id = await home.execute(lender.channel, lentKey(home));
  await home.untilCalled("a");
  lender.kill("SIGKILL");
  await lender.exited;

  const { channel } = await home.start();
  const status = await followToPhase(channel, id, ExecutionPhase.EXECUTION_WAITING);
  expect(status.waiting?.reason).toContain("openai");
  expect(status.waiting?.hint).toContain("stigmer model login openai");
  return { channel, id };
}

async function expectDone(home: ScenarioHome, channel: Channel, id: string): Promise<void> {
  await followToEnd(channel, id);
  const { phase, output } = await summarize(channel, id);
  expect({ phase, output }).toEqual({ phase: "EXECUTION_COMPLETED", output: "Done." });
  expect(home.requests).toEqual([1, 1]);
}

/** What a command sends along that finds `OPENAI_API_KEY` in its environment. */
function lentKey(home: ScenarioHome): CallOptions {
  const credentials = create(ModelCredentialsSchema, {
    providers: [
      {
        provider: "openai",
        apiKey: "sk-lent",
        baseUrl: new URL("v1", home.model.url).href,
        source: "OPENAI_API_KEY",
      },
    ],
  });
  return {
    metadata: { [metadataKeys.credentials]: toBinary(ModelCredentialsSchema, credentials) },
  };
}
