import { expect, test } from "bun:test";
import { Channel } from "../../contract/channel.ts";
import { AgentCommandController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { RunnerController } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { failureOf } from "./testing/outcomes.ts";
import { runnerToken, script, startScriptedServer, system } from "./testing/scripted-server.ts";

const { putArtifact } = RunnerController.method;
const services = [
  system,
  script(AgentCommandController, { create: async () => ({}) }),
  script(RunnerController, {
    putArtifact: async (chunks: AsyncIterable<{ data: Uint8Array }>) => {
      for await (const { data } of chunks) return { size: BigInt(data.length) };
      return {};
    },
  }),
];
const limits = { maxRequestBytes: 1_024, maxRunnerRequestBytes: 8_192 };

test.each(["socket", "ipv4"] as const)(
  "a user's message over the limit is refused on %p",
  async (way) => {
    await using daemon = await startScriptedServer({ services, limits });
    using channel = new Channel({ address: daemon[way] });
    const request = { spec: { instructions: "x".repeat(4_000) } };
    const error = await failureOf(channel.unary(AgentCommandController.method.create, request));
    expect(error).toMatchObject({
      code: "resource-exhausted",
      message: "the message is larger than 1KB",
    });
  },
);

test("a runner's message has a limit of its own", async () => {
  await using daemon = await startScriptedServer({ services, limits });
  using channel = new Channel({ address: daemon.socket, token: runnerToken });
  const send = async (bytes: number): Promise<bigint> => {
    const chunks = async function* () {
      yield { data: new Uint8Array(bytes) };
    };
    return (await channel.clientStream(putArtifact, chunks())).size;
  };
  const taken = await send(4_000);
  const error = await failureOf(send(20_000));
  expect(taken).toBe(4_000n);
  expect(error.message).toBe("the message is larger than 8KB");
});
