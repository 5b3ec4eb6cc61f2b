import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type ForeignClient, type ForeignMessage } from "./foreign-client.ts";
import { foreignClients } from "./foreign-clients.ts";
import { RunningDaemon } from "./running-daemon.ts";

// Starts processes, on a machine that may be busy.
setDefaultTimeout(60_000);

const agents = "ai.stigmer.agentic.agent.v1";
const executions = "ai.stigmer.agentic.agentexecution.v1";
const system = "ai.stigmer.system.v1.SystemQueryController";

const scripts = `scripts:
  silent:
    turns: [{ hang: true }]
`;

let daemon: RunningDaemon;
beforeAll(async () => {
  daemon = await RunningDaemon.start();
  const file = `${daemon.home}/scripts.yaml`;
  await Bun.write(file, scripts);
  await Bun.write(`${daemon.home}/config.yaml`, `providers: { script: { file: ${file} } }\n`);
});
afterAll(async () => await daemon[Symbol.asyncDispose]());

type Address = "socket" | "ipv4" | "ipv6";
const addresses: readonly Address[] = ["socket", "ipv4", "ipv6"];
/** Where a client needs no token: only Linux says who is at the other end of a TCP connection. */
const usual: Address = process.platform === "linux" ? "ipv4" : "socket";

describe.each([...foreignClients])("$name", ({ name, isHere, open }) => {
  const prefix = name.toLowerCase().replaceAll(/[^a-z]+/g, "-");

  const agentNamed = (slug: string, spec: object = {}): object => ({
    metadata: { slug: `${prefix}-${slug}` },
    spec: { instructions: "Answer.", model: "script/echo", ...spec },
  });

  const startExecution = async (client: ForeignClient, slug: string): Promise<ForeignMessage> =>
    await client.answer(`${executions}.AgentExecutionCommandController/create`, {
      metadata: {},
      spec: { agent: `${prefix}-${slug}`, message: "Say this, please." },
    });

  test.skipIf(!isHere).each([...addresses])("is answered on %s", async (address) => {
    await using client = open(daemon[address]);
    const { version } = await client.answer(`${system}/version`, {});
    expect(version).toBe((await import("../../package.json")).version);
  });

  test.skipIf(!isHere)("is let in on TCP with the token, and with no other", async () => {
    await using client = open(daemon.ipv4);
    const statusWith = async (token: string): Promise<string> => {
      const metadata = { authorization: `Bearer ${token}` };
      return (await client.call({ method: `${system}/info`, requests: [{}], metadata })).status;
    };
    expect(await statusWith(daemon.token)).toBe("OK");
    expect(await statusWith(`${daemon.token}x`)).toBe("UNAUTHENTICATED");
  });

  test.skipIf(!isHere || process.platform !== "linux").each(["ipv4", "ipv6"] as const)(
    "needs no token on %s where the kernel vouches for the user",
    async (address) => {
      await using client = open(daemon[address]);
      expect((await client.answer(`${system}/info`, {})).pid).toBe(daemon.pid);
    },
  );

  test.skipIf(!isHere)("creates, reads, lists and deletes", async () => {
    await using client = open(daemon[usual]);
    const commands = `${agents}.AgentCommandController`;
    const queries = `${agents}.AgentQueryController`;
    const created = await client.answer(`${commands}/create`, agentNamed("crud"));
    const { id } = created.metadata;
    expect(id).toStartWith("agt-");
    expect(await client.answer(`${queries}/get`, { value: id })).toEqual(created);
    const { items } = await client.answer(`${queries}/list`, { pageSize: 1000 });
    expect(items).toContainEqual(created);
    await client.answer(`${commands}/delete`, { value: id });
    const gone = await client.call({ method: `${queries}/get`, requests: [{ value: id }] });
    expect(gone.status).toBe("NOT_FOUND");
  });

  test.skipIf(!isHere)("creates once however often it asks with one request id", async () => {
    await using client = open(daemon.socket);
    const create = {
      method: `${agents}.AgentCommandController/create`,
      requests: [agentNamed("once")],
      metadata: { "stigmer-request-id": `${prefix}-request` },
    };
    const outcomes = [await client.call(create), await client.call(create)];
    expect(outcomes.map(({ status }) => status)).toEqual(["OK", "OK"]);
    expect(outcomes[1]?.responses).toEqual(outcomes[0]?.responses ?? []);
    const without = await client.call({ ...create, metadata: {} });
    expect(without.status).toBe("ALREADY_EXISTS");
  });

  test.skipIf(!isHere)("reads which field is wrong, and of which request", async () => {
    await using client = open(daemon[usual]);
    const { status, details } = await client.call({
      method: `${agents}.AgentCommandController/create`,
      requests: [agentNamed("wrong", { instructions: "" })],
      metadata: { "stigmer-request-id": `${prefix}-wrong` },
    });
    expect(status).toBe("INVALID_ARGUMENT");
    const detail = (type: string): ForeignMessage =>
      details.find((one) => one["@type"] === `type.googleapis.com/google.rpc.${type}`);
    expect(detail("ErrorInfo").reason).toBe("invalid-argument");
    expect(detail("BadRequest").fieldViolations).toEqual([
      expect.objectContaining({ field: "spec.instructions", reason: "required" }),
    ]);
    expect(detail("RequestInfo").requestId).toBe(`${prefix}-wrong`);
  });

  test.skipIf(!isHere)("watches an execution to its end", async () => {
    await using client = open(daemon[usual]);
    await client.answer(`${agents}.AgentCommandController/create`, agentNamed("watched"));
    const { metadata } = await startExecution(client, "watched");
    const { status, responses } = await client.call({
      method: `${executions}.AgentExecutionQueryController/subscribe`,
      requests: [{ id: metadata.id, afterSequence: "0" }],
    });
    expect(status).toBe("OK");
    const kept = responses.filter(({ delta }) => delta === undefined);
    const sequences = kept.map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
    expect(new Set(sequences).size).toBe(sequences.length);
    const said = kept.flatMap(({ message }) => message ?? []).map(({ parts }) => parts[0].text);
    expect(said).toEqual(["Say this, please.", "Say this, please."]);
    expect(responses.at(-1).status).toMatchObject({
      phase: "EXECUTION_COMPLETED",
      output: "Say this, please.",
    });
  });

  test.skipIf(!isHere)("stops waiting at its deadline, and the daemon goes on", async () => {
    await using client = open(daemon[usual]);
    const agent = agentNamed("silent", { model: "script/silent" });
    await client.answer(`${agents}.AgentCommandController/create`, agent);
    const { metadata } = await startExecution(client, "silent");
    const { status, responses } = await client.call({
      method: `${executions}.AgentExecutionQueryController/subscribe`,
      requests: [{ id: metadata.id }],
      deadlineMs: 500,
    });
    expect(status).toBe("DEADLINE_EXCEEDED");
    expect(responses[0].snapshot.metadata.id).toBe(metadata.id);
    const cancel = `${executions}.AgentExecutionCommandController/cancel`;
    await client.answer(cancel, { id: metadata.id, reason: "the test is over" });
    const { responses: rest } = await client.call({
      method: `${executions}.AgentExecutionQueryController/subscribe`,
      requests: [{ id: metadata.id, afterSequence: "0" }],
    });
    expect(rest.at(-1).status.phase).toBe("EXECUTION_CANCELLED");
  });
});
