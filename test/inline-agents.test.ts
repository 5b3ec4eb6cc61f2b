import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import {
  AgentMcpServerSchema,
  AgentSpecSchema,
} from "../src/contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

const scripts = {
  tells: { turns: [{ tools: [{ name: "tools__environment" }] }, { text: "{{toolResult}}" }] },
};
const program = fileURLToPath(
  new URL("../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const definition = (spec: object = {}) => ({
  name: "draft",
  spec: { instructions: "Answer.", ...spec },
});

describe("an execution with an agent of its own", () => {
  test("runs it, pinned to its revision, without a session and without storing the agent", async () => {
    const before = await home.client(kindOf(ApiResourceKind.AGENT)).list({});
    const sessionsBefore = await home.client(kindOf(ApiResourceKind.SESSION)).list({});
    const made = await home.executions.start({ inlineAgent: definition(), message: "hello" });
    expect(made.metadata?.name).toBe("draft");
    expect(made.spec).toMatchObject({ agent: "", session: "" });
    const { phase, output, pinned } = await home.executions.end(made.metadata!.id);
    expect([phase, output]).toEqual([ExecutionPhase.EXECUTION_COMPLETED, "hello"]);
    expect(pinned).toMatchObject([
      {
        kind: ApiResourceKind.AGENT,
        id: "",
        slug: "draft",
        revision: expect.stringMatching(/^\w{64}$/),
      },
    ]);
    const after = await home.client(kindOf(ApiResourceKind.AGENT)).list({});
    expect(after.items).toEqual(before.items);
    const sessionsAfter = await home.client(kindOf(ApiResourceKind.SESSION)).list({});
    expect(sessionsAfter.items).toEqual(sessionsBefore.items);
  });

  test("is refused with what is wrong with the agent, as if it were to be stored", async () => {
    const twice = ["one", "one"].map((value) =>
      create(AgentMcpServerSchema, { server: { case: "ref", value } }),
    );
    const refusals = [
      [{ instructions: "" }, "spec.inlineAgent.spec.instructions"],
      [{ mcpServers: twice }, "spec.inlineAgent.spec.mcpServers"],
      [{ model: "nobody/model" }, ""],
    ] as const;
    for (const [spec, field] of refusals) {
      const sent = { inlineAgent: definition(spec), message: "hello" };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = await failureOf(home.executions.start(sent));
      expect(error.code).toBe("invalid-argument");
      if (field !== "") expect(error.violations[0]?.field).toBe(field);
    }
  });

  test("finds what the agent refers to, and names what is not there", async () => {
    const missing = create(AgentSpecSchema, { instructions: "x", environmentRefs: ["nowhere"] });
    const sent = { inlineAgent: { name: "draft", spec: missing }, message: "hello" };
    const error = await failureOf(home.executions.start(sent));
    expect(error).toMatchObject({ code: "not-found", message: expect.stringContaining("nowhere") });
  });

  test.each([
    ["agent", { agent: "existing-agent" }],
    ["session", { session: "@last" }],
  ])("cannot name a stored %s beside it", async (field, others) => {
    const sent = { inlineAgent: definition(), message: "hello", ...others };
    const error = await failureOf(home.executions.start(sent));
    expect(error).toMatchObject({
      code: "invalid-argument",
      violations: [{ field: `spec.${field}`, rule: "rival" }],
    });
  });
});

describe("an execution", () => {
  test("takes its default model only when the agent names none", async () => {
    const outputOf = async (model: string) => {
      const inlineAgent = definition({ model });
      const sent = { inlineAgent, message: "hello", defaultModel: "script/auto" };
      return (await home.executions.end((await home.executions.start(sent)).metadata!.id)).model;
    };
    expect(await outputOf("")).toBe("script/auto");
    expect(await outputOf("script/echo")).toBe("script/echo");
  });

  test("hands its own values to MCP servers, over those of its environments", async () => {
    await home.client(kindOf(ApiResourceKind.ENVIRONMENT)).create({
      metadata: { slug: "both" },
      spec: { data: { A: { value: "bound" }, B: { value: "bound" } } },
    });
    const transport = {
      case: "stdio" as const,
      value: { command: process.execPath, args: [program], env: { A: "${A}", B: "${B}" } },
    };
    const server = { case: "inline" as const, value: { name: "tools", spec: { transport } } };
    const mcpServers = [create(AgentMcpServerSchema, { server })];
    const made = await home.executions.start({
      inlineAgent: definition({ model: "script/tells", mcpServers, environmentRefs: ["both"] }),
      message: "hello",
      values: { B: "own" },
    });
    const { output } = await home.executions.end(made.metadata!.id);
    expect(output).toContain('"A":"bound"');
    expect(output).toContain('"B":"own"');
  });
});
