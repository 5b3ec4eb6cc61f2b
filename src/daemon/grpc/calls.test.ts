import { expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { Channel } from "../../contract/channel.ts";
import { StigmerError } from "../../contract/errors.ts";
import {
  AgentExecutionQueryController,
  SubscribeAgentExecutionRequestSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { AgentCommandController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { RunnerController } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import {
  SystemCommandController,
  SystemQueryController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { grpcCodeOf } from "../../contract/grpc-status.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { methodPath } from "../../contract/service-definition.ts";
import type { CallContext } from "./handlers.ts";
import { failureOf, reasonOf } from "./testing/outcomes.ts";
import { rawCall, rawClient } from "./testing/raw-client.ts";
import { rawUnary } from "./testing/raw-unary.ts";
import { hangingHandler } from "./testing/hanging-handler.ts";
import { runnerToken, script, startScriptedServer, system } from "./testing/scripted-server.ts";

const { version, info } = SystemQueryController.method;
const { subscribe } = AgentExecutionQueryController.method;
const { work, putArtifact } = RunnerController.method;

test("hands what travels beside the message to the handler", async () => {
  let seen: CallContext | undefined;
  const query = script(SystemQueryController, {
    info: async (_: unknown, context: CallContext) => {
      seen = context;
      return {};
    },
  });
  await using daemon = await startScriptedServer({ services: [query] });
  using channel = new Channel({ address: daemon.ipv4 });
  const metadata = {
    [metadataKeys.requestId]: "req-1",
    [metadataKeys.dryRun]: "true",
    [metadataKeys.cascade]: "false",
  };
  await channel.unary(info, {}, { metadata, timeoutMs: 5_000 });
  expect(seen).toMatchObject({
    requestId: "req-1",
    dryRun: true,
    cascade: false,
    transport: "tcp",
  });
  expect(seen!.peer).toStartWith("127.0.0.1:");
  expect(seen!.deadline!.getTime()).toBeLessThanOrEqual(Date.now() + 5_000);
});

test("an unknown method is UNIMPLEMENTED", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  using channel = new Channel({ address: daemon.socket });
  const error = await failureOf(channel.unary(SystemCommandController.method.stop, {}));
  expect(error.code).toBe("unimplemented");
});

test("every request is validated, and the error names each broken rule", async () => {
  const agents = script(AgentCommandController, { create: async () => ({}) });
  await using daemon = await startScriptedServer({ services: [agents] });
  using channel = new Channel({ address: daemon.socket });
  const broken = { metadata: { slug: "Not A Slug" }, spec: { mcpServers: [{}] } };
  const error = await failureOf(
    channel.unary(AgentCommandController.method.create, broken, {
      metadata: { [metadataKeys.requestId]: "req-7" },
    }),
  );
  expect(error.code).toBe("invalid-argument");
  expect(error.requestId).toBe("req-7");
  expect(error.message).toMatch(/^metadata\.slug: .*\(found "Not A Slug"\) \(and 2 more\)$/);
  expect(error.violations).toContainEqual({
    field: "spec.instructions",
    rule: "required",
    message: "value is required",
  });
  expect(error.violations).toContainEqual({
    field: "spec.mcpServers[0]",
    rule: "required",
    message: "needs exactly one of ref, inline",
  });
});

test("messages of a runner, which is this very build, are taken without a look at the rules", async () => {
  const seen: unknown[] = [];
  const runner = script(RunnerController, {
    async *work(requests: AsyncIterable<{ message: { case?: string } }>) {
      for await (const { message } of requests) {
        seen.push(message.case);
        yield { message: { case: "drain", value: {} } };
      }
    },
  });
  await using daemon = await startScriptedServer({ services: [runner] });
  using channel = new Channel({ address: daemon.socket, token: runnerToken });
  const call = channel.duplex(work);
  const answers = call[Symbol.asyncIterator]();
  await call.write({ message: { case: "heartbeat", value: {} } });
  await answers.next();
  await call.write({});
  await answers.next();
  call.cancel();
  expect(seen).toEqual(["heartbeat", undefined]);
});

test("a client's stream is answered even when the handler stops reading it", async () => {
  const runner = script(RunnerController, {
    putArtifact: async (chunks: AsyncIterable<{ data: Uint8Array }>) => {
      for await (const { data } of chunks) return { size: BigInt(data.length) };
      return {};
    },
  });
  await using daemon = await startScriptedServer({ services: [runner] });
  using channel = new Channel({ address: daemon.socket, token: runnerToken });
  const chunks = async function* () {
    for (let sent = 0; sent < 5; sent += 1) yield { data: new Uint8Array(1000) };
  };
  const answer = await channel.clientStream(putArtifact, chunks());
  expect(answer.size).toBe(1000n);
});

test("bytes that are no message are an invalid argument", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const bytes = Buffer.from([0x0a, 0x7f]);
  const failure = await rawUnary({ address: daemon.socket, method: info, bytes });
  expect(failure.code).toBe(grpcCodeOf["invalid-argument"]);
  expect(failure.details).toContain("not a readable ai.stigmer.system.v1.InfoRequest");
});

test("a message over the limit is RESOURCE_EXHAUSTED and says the limit", async () => {
  const agents = script(AgentCommandController, { create: async () => ({}) });
  const limits = { maxRequestBytes: 1 << 20 };
  await using daemon = await startScriptedServer({ services: [agents, system], limits });
  using channel = new Channel({ address: daemon.socket });
  const request = { spec: { instructions: "x".repeat(2 << 20) } };
  const error = await failureOf(channel.unary(AgentCommandController.method.create, request));
  const next = await channel.unary(version, {});
  expect(error.code).toBe("resource-exhausted");
  expect(error.message).toBe("the message is larger than 1MB");
  expect(error.hint).toBeDefined();
  expect(next.version).toBe("user on socket");
});

test("an unexpected error reaches the client as a number that the log has", async () => {
  const query = script(SystemQueryController, {
    info: async () => {
      throw new TypeError("secret plans at /etc/plans");
    },
  });
  await using daemon = await startScriptedServer({ services: [query] });
  using channel = new Channel({ address: daemon.socket });
  const error = await failureOf(channel.unary(info, {}));
  const errorId = /err-[0-9a-f]{12}/.exec(error.message)![0];
  expect(error.code).toBe("internal");
  expect(error.message).not.toContain("secret");
  expect(error.requestId).toBeDefined();
  const logged = daemon.log.filter((line) => line.includes(errorId));
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain("secret plans");
  expect(logged[0]).toContain(error.requestId);
});

test("an error that is longer than headers may be arrives shortened", async () => {
  const query = script(SystemQueryController, {
    info: async () => {
      const violations = Array.from({ length: 500 }, (_, index) => ({
        field: `spec.items[${index}]`,
        rule: "string.pattern",
        message: "does not look right",
      }));
      throw new StigmerError("invalid-argument", "ü€😀".repeat(5_000), { violations });
    },
  });
  await using daemon = await startScriptedServer({ services: [query] });
  using channel = new Channel({ address: daemon.socket });
  const error = await failureOf(channel.unary(info, {}));
  expect(error.code).toBe("invalid-argument");
  expect(error.message).toStartWith("ü€😀ü€😀");
  expect(error.violations.length).toBeWithin(10, 100);
});

test("the client's deadline ends the handler", async () => {
  const handler = hangingHandler();
  await using daemon = await startScriptedServer({
    services: [script(SystemQueryController, { info: handler.handle })],
  });
  using channel = new Channel({ address: daemon.socket });
  const error = await failureOf(channel.unary(info, {}, { timeoutMs: 100 }));
  const reason = await reasonOf((await handler.started).signal);
  expect([error.code, reason.code]).toEqual(["deadline-exceeded", "deadline-exceeded"]);
});

test("a call without a deadline gets one", async () => {
  const handler = hangingHandler();
  await using daemon = await startScriptedServer({
    services: [script(SystemQueryController, { info: handler.handle })],
    limits: { unaryTimeoutMs: 100 },
  });
  using channel = new Channel({ address: daemon.socket });
  const error = await failureOf(channel.unary(info, {}));
  const reason = await reasonOf((await handler.started).signal);
  expect([error.code, reason.code]).toEqual(["deadline-exceeded", "deadline-exceeded"]);
});

test("a client that cancels ends the handler within a second", async () => {
  const handler = hangingHandler();
  await using daemon = await startScriptedServer({
    services: [script(SystemQueryController, { info: handler.handle })],
  });
  using channel = new Channel({ address: daemon.socket });
  const abort = new AbortController();
  const call = failureOf(channel.unary(info, {}, { signal: abort.signal }));
  const { signal } = await handler.started;
  const cancelledAt = Date.now();
  abort.abort();
  const reason = await reasonOf(signal);
  const error = await call;
  expect(Date.now() - cancelledAt).toBeLessThan(1_000);
  expect([error.code, reason.code]).toEqual(["cancelled", "cancelled"]);
});

test("the signal of a call that was answered stays quiet", async () => {
  const seen: AbortSignal[] = [];
  const query = script(SystemQueryController, {
    info: async (_: unknown, { signal }: CallContext) => {
      seen.push(signal);
      return {};
    },
  });
  await using daemon = await startScriptedServer({ services: [query] });
  using channel = new Channel({ address: daemon.socket });
  await channel.unary(info, {});
  await channel.unary(info, {});
  expect(seen.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test("a reader that leaves a stream ends its handler", async () => {
  const left = Promise.withResolvers<StigmerError>();
  const executions = script(AgentExecutionQueryController, {
    async *subscribe(_: unknown, { signal }: CallContext) {
      signal.addEventListener("abort", () => left.resolve(signal.reason as StigmerError));
      for (;;) {
        yield { sequence: 1n };
        await Bun.sleep(1);
      }
    },
  });
  await using daemon = await startScriptedServer({ services: [executions] });
  using channel = new Channel({ address: daemon.socket });
  for await (const _ of channel.serverStream(subscribe, { id: "aex-1" })) break;
  expect((await left.promise).code).toBe("cancelled");
});

test("a client that does not read costs one message", async () => {
  let produced = 0;
  const bytesEach = 64 << 10;
  const executions = script(AgentExecutionQueryController, {
    async *subscribe() {
      for (; produced < 1_000; produced += 1) {
        yield { event: { case: "delta", value: { text: "x".repeat(bytesEach) } } };
      }
    },
  });
  await using daemon = await startScriptedServer({ services: [executions, system] });
  const request = create(SubscribeAgentExecutionRequestSchema, { id: "aex-1" });
  const bytes = toBinary(SubscribeAgentExecutionRequestSchema, request);
  using client = rawClient({ path: daemon.socketPath }, rawCall(methodPath(subscribe), bytes));
  // The window that the client opened holds 65,535 bytes of it.
  while (client.received().length < 65_535) {
    await new Promise((resolve) => client.socket.once("data", resolve));
  }
  using channel = new Channel({ address: daemon.socket });
  for (let call = 0; call < 50; call += 1) await channel.unary(version, {});
  expect(produced).toBeLessThanOrEqual(1);
});
