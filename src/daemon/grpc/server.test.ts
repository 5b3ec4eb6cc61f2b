import { expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { Channel } from "../../contract/channel.ts";
import { AgentExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { createLogger } from "../../system/log.ts";
import type { CallContext } from "./handlers.ts";
import { startGrpcServer } from "./server.ts";
import { failureOf, reasonOf } from "./testing/outcomes.ts";
import { hangingHandler } from "./testing/hanging-handler.ts";
import { script, startScriptedServer, system } from "./testing/scripted-server.ts";

const { version, info } = SystemQueryController.method;
const { subscribe } = AgentExecutionQueryController.method;

test("answers on the socket and on both loopback addresses with one port", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  expect(daemon.server.warnings).toEqual([]);
  expect(daemon.ipv6).toBe(`[::1]:${daemon.server.port}`);
  const answers: string[] = [];
  for (const address of [daemon.socket, daemon.ipv4, daemon.ipv6!]) {
    using channel = new Channel({ address });
    answers.push((await channel.unary(version, {})).version);
  }
  expect(answers).toEqual(["user on socket", "user on tcp", "user on tcp"]);
  expect(statSync(daemon.socketPath).mode & 0o777).toBe(0o600);
});

test("takes over the socket that a killed daemon left", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const left = `${daemon.folder}/left.sock`;
  const program = `const s = require("node:net").createServer().listen(${JSON.stringify(left)},
    () => process.kill(process.pid, "SIGKILL"))`;
  await Bun.spawn([process.execPath, "-e", program], { stdout: "ignore", stderr: "ignore" }).exited;
  expect(existsSync(left)).toBe(true);
  await using server = await startGrpcServer({
    socketPath: left,
    services: [system],
    authenticate: () => undefined,
    log: createLogger({ sink: { write: () => {} }, level: "error" }),
    limits: { maxRequestBytes: 1024, maxRunnerRequestBytes: 1024, unaryTimeoutMs: 1000 },
  });
  using channel = new Channel({ address: `unix:${left}` });
  expect((await channel.unary(version, {})).version).toBe("user on socket");
  expect(server.port).toBeUndefined();
});

test("a stopped daemon leaves no socket behind", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  await daemon.server.stop(0);
  expect(existsSync(daemon.socketPath)).toBe(false);
});

test("a taken port is a warning that names its holder", async () => {
  await using first = await startScriptedServer({ services: [system] });
  const stranger = createServer().listen(0, "0.0.0.0");
  await new Promise((resolve) => stranger.once("listening", resolve));
  const { port } = stranger.address() as { port: number };
  await using second = await startScriptedServer({
    services: [system],
    tcp: { port: first.server.port!, hosts: ["127.0.0.1"] },
  });
  await using third = await startScriptedServer({
    services: [system],
    tcp: { port, hosts: ["127.0.0.1", "::1"] },
  });
  stranger.close();
  expect(second.server.addresses).toEqual([second.socket]);
  expect(second.server.warnings[0]).toContain("is taken by another stigmer (version ");
  expect(third.server.warnings).toHaveLength(1);
  expect(third.server.warnings[0]).toContain(
    `127.0.0.1:${port} is taken by process ${process.pid}`,
  );
  expect(third.server.addresses).toEqual([third.socket, `[::1]:${port}`]);
});

test("an address that the machine does not have is a warning", async () => {
  await using daemon = await startScriptedServer({
    services: [system],
    tcp: { port: 0, hosts: ["127.0.0.1", "192.0.2.7"] },
  });
  expect(daemon.server.warnings[0]).toContain("this machine has no address 192.0.2.7");
});

test("a stop ends endless streams with a retryable status and lets short calls end", async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const query = script(SystemQueryController, {
    info: async () => {
      entered.resolve();
      await release.promise;
      return { pid: 42 };
    },
  });
  const executions = script(AgentExecutionQueryController, {
    async *subscribe(_: unknown, { signal }: CallContext) {
      yield { sequence: 1n };
      await reasonOf(signal);
      yield { sequence: 2n };
    },
  });
  await using daemon = await startScriptedServer({ services: [query, executions] });
  using channel = new Channel({ address: daemon.socket });
  const short = channel.unary(info, {});
  let stopped: Promise<void> | undefined;
  const stopOnceEntered = async (): Promise<void> => {
    await entered.promise;
    stopped = daemon.server.stop(5_000);
  };
  const events: bigint[] = [];
  const watching = failureOf(
    (async () => {
      for await (const { sequence } of channel.serverStream(subscribe, { id: "aex-1" })) {
        events.push(sequence);
        if (sequence === 1n) void stopOnceEntered();
      }
    })(),
  );
  const error = await watching;
  using late = new Channel({ address: daemon.socket });
  const refused = await failureOf(late.unary(version, {}));
  release.resolve();
  const answer = await short;
  await stopped;
  expect(events).toEqual([1n, 2n]);
  expect([error.code, error.message]).toEqual(["unavailable", "the daemon is stopping"]);
  expect(refused.code).toBe("unavailable");
  expect(answer.pid).toBe(42);
});

test("a stop does not wait longer than it is told for a call that hangs", async () => {
  const handler = hangingHandler();
  await using daemon = await startScriptedServer({
    services: [script(SystemQueryController, { info: handler.handle })],
  });
  using channel = new Channel({ address: daemon.ipv4 });
  const call = failureOf(channel.unary(info, {}));
  const { signal } = await handler.started;
  const startedAt = Date.now();
  await daemon.server.stop(300);
  const error = await call;
  expect(Date.now() - startedAt).toBeLessThan(2_000);
  expect(["unavailable", "cancelled"]).toContain(error.code);
  expect((await reasonOf(signal)).code).toBe("cancelled");
});
