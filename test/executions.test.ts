import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { timestampDate, timestampMs } from "@bufbuild/protobuf/wkt";
import type { AgentExecution } from "../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { MessageRole } from "../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { ExecutionQueryController } from "../src/contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { textOf } from "./every-kind/execution-client.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";

const agentKind = kindOf(ApiResourceKind.AGENT);
const sessionKind = kindOf(ApiResourceKind.SESSION);

const scripts = {
  slow: { turns: [{ text: "{{user}}", firstDelayMs: 400 }] },
  "slow-instructions": { turns: [{ text: "{{system}}", firstDelayMs: 400 }] },
  memory: { turns: [{ text: "{{user}} after {{history:1}}" }] },
  hanging: { turns: [{ hang: true }] },
};

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const agent = "existing-agent";
const idOf = ({ metadata }: Pick<AgentExecution, "metadata">): string => metadata!.id;
const sessionOf = ({ spec }: AgentExecution): string => spec!.session;

describe("an execution", () => {
  test("answers, and says what it was bound to, what it used and when it ran", async () => {
    const made = await home.executions.start({ agent, message: "Hello\nthere" });
    expect(made.metadata).toMatchObject({ slug: idOf(made), name: agent });
    expect(made.status).toMatchObject({ phase: ExecutionPhase.EXECUTION_PENDING });
    const status = await home.executions.end(idOf(made));
    expect(status).toMatchObject({
      phase: ExecutionPhase.EXECUTION_COMPLETED,
      output: "Hello\nthere",
      model: "script/echo",
      turns: 1,
      messages: 2,
      attempts: 1,
      usage: { modelCalls: 1 },
    });
    expect(timestampMs(status.endedAt!)).toBeGreaterThanOrEqual(timestampMs(status.startedAt!));
    const stored = await home.client(agentKind).get(agent);
    const { id, revision } = stored.metadata!;
    expect(status.pinned).toMatchObject([{ kind: agentKind.number, id, revision, slug: agent }]);
    const session = await home.client(sessionKind).get(sessionOf(made));
    expect(session.spec).toMatchObject({ agent, title: "Hello" });
    expect((await home.executions.get(idOf(made))).status).toEqual(status);
  });

  test("has no method that changes it", () => {
    const { command } = kindOf(ApiResourceKind.AGENT_EXECUTION);
    expect(Object.keys(command.method).toSorted()).toEqual([
      "cancel",
      "create",
      "delete",
      "supplyCredentials",
    ]);
  });

  test("runs what it was started with, whatever becomes of the agent", async () => {
    const agents = home.client(agentKind);
    const { slug } = (
      await agents.create({ metadata: { name: home.newName() }, spec: { instructions: "First." } })
    ).metadata!;
    const spec = { agent: slug, message: "Who are you?", model: "script/slow-instructions" };
    const first = await home.executions.start(spec);
    const second = await home.executions.start({ ...spec, session: sessionOf(first) });
    await agents.update({ metadata: { slug }, spec: { instructions: "Second." } });
    const third = await home.executions.start({ ...spec, session: sessionOf(first) });
    await agents.delete(slug);
    const ends = await Promise.all(
      [first, second, third].map((made) => home.executions.end(idOf(made))),
    );
    expect(ends.map(({ output }) => output)).toEqual(["First.", "First.", "Second."]);
  });

  test("is one with one session, however often its request is sent", async () => {
    const requestId = crypto.randomUUID();
    const spec = { agent, message: requestId };
    const made = await Promise.all(
      Array.from({ length: 5 }, () => home.executions.start(spec, { requestId })),
    );
    made.push(await home.executions.start(spec, { requestId }));
    expect(new Set(made.map(idOf)).size).toBe(1);
    const { items } = await home.client(sessionKind).list({ pageSize: 1_000 });
    expect(items.filter(({ metadata }) => metadata!.name === requestId).length).toBe(1);
    const other = home.executions.start({ agent, message: `${requestId} more` }, { requestId });
    expect((await failureOf(other)).code).toBe("invalid-argument");
  });

  test("that cannot be bound, or is only a dry run, leaves nothing behind", async () => {
    const message = crypto.randomUUID();
    await home.executions.start({ agent, message }, { dryRun: true });
    const unbound = home.executions.start({ agent, message, environmentRefs: ["no-such"] });
    expect((await failureOf(unbound)).code).toBe("not-found");
    const { items } = await home.client(sessionKind).list({ pageSize: 1_000 });
    expect(items.filter(({ metadata }) => metadata!.name === message)).toEqual([]);
  });

  test("needs an agent or a session, and a model of a known provider", async () => {
    const message = "Hello";
    const nobody = await failureOf(home.executions.start({ message }));
    expect(nobody.violations).toMatchObject([{ field: "spec.agent", rule: "required" }]);
    const model = await failureOf(home.executions.start({ agent, message, model: "nobody/x" }));
    expect(model.code).toBe("invalid-argument");
    const alias = await home.executions.start({ agent, message, model: "no-such-alias" });
    const status = await home.executions.end(idOf(alias));
    expect(status).toMatchObject({ phase: ExecutionPhase.EXECUTION_FAILED, attempts: 1 });
    expect(status.error!.message).toContain("no-such-alias");
  });

  test("that is the newest is @last", async () => {
    const made = await home.executions.start({ agent, message: "the newest" });
    expect(idOf(await home.executions.get("@last"))).toBe(idOf(made));
    const { method } = ExecutionQueryController;
    const last = await home.daemon.channel.unary(method.get, { value: "@last" });
    expect(idOf(last.execution.value!)).toBe(idOf(made));
    await home.executions.end(idOf(made));
  });
});

describe("the messages of an execution", () => {
  test("are listed oldest first, in pages of any size", async () => {
    const made = await home.executions.start({ agent, message: "Say it" });
    await home.executions.end(idOf(made));
    const whole = await home.executions.messages(idOf(made));
    expect(whole.items.map(({ role, sequence }) => [role, sequence])).toEqual([
      [MessageRole.USER, 1n],
      [MessageRole.ASSISTANT, 2n],
    ]);
    expect(whole.items.map(textOf)).toEqual(["Say it", "Say it"]);
    expect(whole.nextPageToken).toBe("");
    const first = await home.executions.messages(idOf(made), 1);
    const second = await home.executions.messages(idOf(made), 1, first.nextPageToken);
    expect([...first.items, ...second.items]).toEqual(whole.items);
    expect(second.nextPageToken).toBe("");
    const refused = await failureOf(home.executions.messages(idOf(made), 1, "x"));
    expect(refused.code).toBe("invalid-argument");
  });
});

describe("a session", () => {
  test("runs its executions one at a time, in the order in which they came", async () => {
    const first = await home.executions.start({ agent, message: "0", model: "script/slow" });
    const session = sessionOf(first);
    const others: AgentExecution[] = [];
    for (const message of ["1", "2"]) {
      others.push(await home.executions.start({ session, message, model: "script/slow" }));
    }
    const ends = await Promise.all(
      [first, ...others].map((made) => home.executions.end(idOf(made))),
    );
    expect(ends.map(({ output }) => output)).toEqual(["0", "1", "2"]);
    for (const [index, { startedAt }] of ends.slice(1).entries()) {
      const before = timestampDate(ends[index]!.endedAt!);
      expect(timestampDate(startedAt!).getTime()).toBeGreaterThanOrEqual(before.getTime());
    }
  });

  test("remembers what was said", async () => {
    const model = "script/memory";
    const first = await home.executions.start({ agent, message: "first words", model });
    await home.executions.end(idOf(first));
    const spec = { session: sessionOf(first), message: "second words", model };
    const second = await home.executions.end(idOf(await home.executions.start(spec)));
    expect(second.output).toBe("second words after first words");
  });

  test("belongs to one agent", async () => {
    const other = await home.sample(agentKind);
    const first = await home.executions.start({ agent, message: "mine" });
    const spec = { agent: other.metadata!.slug, session: sessionOf(first), message: "also mine" };
    const refused = await failureOf(home.executions.start(spec));
    expect(refused.code).toBe("failed-precondition");
    expect(refused.message).toContain(agent);
  });

  test("is listed with its executions, by phase too", async () => {
    const first = await home.executions.start({ agent, message: "a" });
    const second = await home.executions.start({ session: sessionOf(first), message: "b" });
    await home.executions.end(idOf(second));
    const { method } = ExecutionQueryController;
    const list = async (phase: ExecutionPhase): Promise<string[]> => {
      const request = { session: sessionOf(first), phases: [phase] };
      const { items } = await home.daemon.channel.unary(method.list, request);
      return items.map(({ execution }) => idOf(execution.value!));
    };
    expect(await list(ExecutionPhase.EXECUTION_COMPLETED)).toEqual([idOf(second), idOf(first)]);
    expect(await list(ExecutionPhase.EXECUTION_FAILED)).toEqual([]);
  });

  test("is deleted with its executions, when none of them runs", async () => {
    const sessions = home.client(sessionKind);
    const made = await home.executions.start({ agent, message: "x", model: "script/hanging" });
    const busy = await failureOf(sessions.delete(sessionOf(made)));
    expect(busy.code).toBe("failed-precondition");
    expect(busy.hint).toContain(idOf(made));
    expect((await failureOf(home.executions.delete(idOf(made)))).code).toBe("failed-precondition");
    await home.executions.cancel(idOf(made), "");
    await home.executions.end(idOf(made));
    await sessions.delete(sessionOf(made));
    expect((await failureOf(home.executions.get(idOf(made)))).code).toBe("not-found");
  });
});

describe("a cancel", () => {
  test("ends what runs within a second, with its reason", async () => {
    const made = await home.executions.start({ agent, message: "x", model: "script/hanging" });
    await home.executions.until(idOf(made), ({ event }) => event.case === "message");
    const startedAt = performance.now();
    await home.executions.cancel(idOf(made), "changed my mind");
    const status = await home.executions.end(idOf(made));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(status.phase).toBe(ExecutionPhase.EXECUTION_CANCELLED);
    expect(status.error).toMatchObject({ code: "cancelled", message: "changed my mind" });
  });

  test("ends at once what never started, also when it comes twice", async () => {
    const first = await home.executions.start({ agent, message: "x", model: "script/hanging" });
    const queued = await home.executions.start({ session: sessionOf(first), message: "y" });
    const cancelled = await Promise.all(
      ["one", "two"].map((reason) => home.executions.cancel(idOf(queued), reason)),
    );
    const phases = cancelled.map(({ status }) => status!.phase);
    expect(phases).toContain(ExecutionPhase.EXECUTION_CANCELLED);
    const { error } = (await home.executions.get(idOf(queued))).status!;
    expect(error).toMatchObject({ message: "one" });
    await home.executions.cancel(idOf(first), "");
    await home.executions.end(idOf(first));
  });

  test("of what has ended changes nothing", async () => {
    const made = await home.executions.start({ agent, message: "x" });
    await home.executions.end(idOf(made));
    const before = await home.executions.get(idOf(made));
    expect(await home.executions.cancel(idOf(made), "too late")).toEqual(before);
  });
});
