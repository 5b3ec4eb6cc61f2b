import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Channel } from "../src/contract/channel.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { countTogether } from "./concurrency/count-together.ts";
import { ExecutionClient } from "./every-kind/execution-client.ts";
import { KindClient } from "./every-kind/kind-client.ts";
import { KindHome } from "./every-kind/kind-home.ts";

setDefaultTimeout(60_000);

const agentKind = kindOf(ApiResourceKind.AGENT);
const sessionKind = kindOf(ApiResourceKind.SESSION);
const clients = 50;

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function newCounter(): Promise<{ address: string; slug: string; clients: number }> {
  const { metadata } = await home.sample(agentKind);
  return { address: home.address, slug: metadata!.slug, clients };
}

/** The same call of each client, over a connection of its own, all at once. */
async function ofEach<Result>(call: (channel: Channel) => Promise<Result>): Promise<Result[]> {
  using channels = new DisposableStack();
  const calls = Array.from({ length: clients }, () => {
    const channel = channels.use(new Channel({ address: home.address }));
    return call(channel);
  });
  return await Promise.all(calls);
}

// All of it, 50 × 200: bun test/concurrency/full-size.ts
test("50 clients that read, add one and write lose nothing", async () => {
  const writesPerClient = 12;
  const counter = await newCounter();
  const { count, refused } = await countTogether({ ...counter, writesPerClient, mode: "checked" });
  expect(count).toBe(clients * writesPerClient);
  expect(refused).toBeGreaterThan(0);
});

test("without the version that they read they would lose writes", async () => {
  const writesPerClient = 4;
  const counter = await newCounter();
  const { count } = await countTogether({ ...counter, writesPerClient, mode: "unchecked" });
  expect(count).toBeLessThan(clients * writesPerClient);
});

test("50 clients that send one request id make one resource", async () => {
  const requestId = crypto.randomUUID();
  const spec = { agent: "existing-agent", title: requestId };
  const made = await ofEach((channel) =>
    new KindClient(sessionKind, channel).create({ metadata: {}, spec }, { requestId }),
  );
  expect(new Set(made.map(({ metadata }) => metadata!.id)).size).toBe(1);
  const { items } = await home.client(sessionKind).list({ pageSize: 1_000 });
  expect(
    items.filter(({ spec: found }) => Reflect.get(found!, "title") === requestId),
  ).toHaveLength(1);
});

test("50 clients that send one request id start one execution in one session", async () => {
  const requestId = crypto.randomUUID();
  const made = await ofEach((channel) =>
    new ExecutionClient(channel).start(
      { agent: "existing-agent", message: requestId },
      { requestId },
    ),
  );
  expect(new Set(made.map(({ metadata }) => metadata!.id)).size).toBe(1);
  const { items } = await home.client(sessionKind).list({ pageSize: 1_000 });
  expect(items.filter(({ spec }) => Reflect.get(spec!, "title") === requestId)).toHaveLength(1);
  await home.executions.end(made[0]!.metadata!.id);
});

test("50 clients that create the same name make one, and the others are told whose it is", async () => {
  const name = home.newName();
  const spec = { instructions: "Answer." };
  const outcomes = await ofEach((channel) =>
    new KindClient(agentKind, channel).create({ metadata: { name }, spec }).then(
      ({ metadata }) => ({ id: metadata!.id, message: "" }),
      ({ message }: Error) => ({ id: "", message }),
    ),
  );
  const [winner] = outcomes.filter(({ id }) => id !== "");
  const losers = outcomes.filter(({ id }) => id === "");
  expect(losers).toHaveLength(clients - 1);
  for (const { message } of losers) expect(message).toContain(winner!.id);
});
