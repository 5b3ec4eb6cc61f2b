import { expect, test } from "bun:test";
import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { AgentSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { EnvironmentSpecSchema } from "../../contract/gen/ai/stigmer/agentic/environment/v1/spec_pb.ts";
import { McpServerSpecSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { mergeThreeWay } from "./three-way-merge.ts";

type AgentInit = MessageInitShape<typeof AgentSpecSchema>;

interface AgentCase {
  readonly claim: string;
  readonly said?: AgentInit;
  readonly says: AgentInit;
  readonly stored: AgentInit;
  readonly empty?: readonly string[];
  readonly merged: object;
}

const cases: readonly AgentCase[] = [
  {
    claim: "a field becomes what the file says",
    said: { model: "a/1" },
    says: { model: "a/2" },
    stored: { model: "a/1" },
    merged: { model: "a/2" },
  },
  {
    claim: "a field that was changed elsewhere becomes what the file says",
    said: { model: "a/1" },
    says: { model: "a/1" },
    stored: { model: "b/1" },
    merged: { model: "a/1" },
  },
  {
    claim: "a field that left the file leaves the resource",
    said: { description: "gone", model: "a/1" },
    says: { model: "a/1" },
    stored: { description: "gone", model: "a/1" },
    merged: { model: "a/1" },
  },
  {
    claim: "a field that left the file leaves the resource, whatever it became elsewhere",
    said: { description: "gone" },
    says: {},
    stored: { description: "changed" },
    merged: {},
  },
  {
    claim: "a field that was only set elsewhere stays",
    said: { model: "a/1" },
    says: { model: "a/2" },
    stored: { description: "elsewhere", model: "a/1" },
    merged: { description: "elsewhere", model: "a/2" },
  },
  {
    claim: "nothing is removed from what no file ever said anything about",
    says: { model: "a/1" },
    stored: { description: "elsewhere", fallbackModels: ["b/1"] },
    merged: { description: "elsewhere", model: "a/1", fallbackModels: ["b/1"] },
  },
  {
    claim: "a field that the file says is empty is emptied, whoever set it",
    says: { limits: {} },
    stored: { description: "elsewhere", limits: { maxTurns: 5, maxToolCalls: 7 } },
    empty: ["description", "limits.maxTurns"],
    merged: { limits: { maxToolCalls: 7 } },
  },
  {
    claim: "of a part that left the file what others added stays",
    said: { limits: { maxTurns: 5 } },
    says: {},
    stored: { limits: { maxTurns: 5, maxToolCalls: 7 } },
    merged: { limits: { maxToolCalls: 7 } },
  },
  {
    claim: "a part that left the file and to which nobody added goes",
    said: { limits: { maxTurns: 5 } },
    says: {},
    stored: { limits: { maxTurns: 5 } },
    merged: {},
  },
  {
    claim: "a zero that is not the default is a value",
    said: { parameters: { temperature: 1, topP: 0.5 } },
    says: { parameters: { temperature: 0 } },
    stored: { parameters: { temperature: 1, topP: 0.5 } },
    merged: { parameters: { temperature: 0 } },
  },
  {
    claim: "a list is taken whole",
    said: { environmentRefs: ["a", "b"] },
    says: { environmentRefs: ["b"] },
    stored: { environmentRefs: ["a", "b", "elsewhere"] },
    merged: { environmentRefs: ["b"] },
  },
];

test.each([...cases])("$claim", ({ said, says, stored, empty = [], merged }) => {
  const result = mergeThreeWay(AgentSpecSchema, {
    said: said && create(AgentSpecSchema, said),
    says: create(AgentSpecSchema, says),
    stored: create(AgentSpecSchema, stored),
    empty: new Set(empty),
  });
  expect(toJson(AgentSpecSchema, result as never)).toEqual(merged as never);
});

test("a map is merged entry by entry, and an entry that left the file goes whole", () => {
  const schema = EnvironmentSpecSchema;
  const result = mergeThreeWay(schema, {
    said: create(schema, { data: { A: { value: "1" }, B: { value: "1" } } }),
    says: create(schema, { data: { A: { value: "2" } } }),
    stored: create(schema, {
      data: {
        A: { value: "1", description: "elsewhere" },
        B: { value: "1", description: "elsewhere" },
        C: { value: "elsewhere" },
      },
    }),
    empty: new Set(),
  });
  expect(toJson(schema, result as never)).toEqual({
    data: { A: { value: "2", description: "elsewhere" }, C: { value: "elsewhere" } },
  });
});

test("an entry of a map that the file says is empty is emptied", () => {
  const schema = EnvironmentSpecSchema;
  const result = mergeThreeWay(schema, {
    said: undefined,
    says: create(schema, { data: { A: {} } }),
    stored: create(schema, { data: { A: { value: "elsewhere" } } }),
    empty: new Set(['data["A"].value']),
  });
  expect(toJson(schema, result as never)).toEqual({ data: { A: {} } });
});

test("of the members of a oneof the one in the file takes the place of any other", () => {
  const schema = McpServerSpecSchema;
  const http = { case: "http", value: { url: "http://127.0.0.1/mcp" } } as const;
  const stdio = { case: "stdio", value: { command: "run", env: { A: "1" } } } as const;
  for (const [before, after] of [[stdio, http] as const, [http, stdio] as const]) {
    const result = mergeThreeWay(schema, {
      said: create(schema, { transport: before }),
      says: create(schema, { transport: after }),
      stored: create(schema, { transport: before }),
      empty: new Set(),
    });
    expect(result).toEqual(create(schema, { transport: after }));
  }
});

test("what is stored and what the file says stay as they were", () => {
  const says = create(AgentSpecSchema, { limits: { maxTurns: 1 } });
  const stored = create(AgentSpecSchema, { limits: { maxTurns: 2, maxToolCalls: 3 } });
  const result = mergeThreeWay(AgentSpecSchema, { said: stored, says, stored, empty: new Set() });
  Object.assign((result as typeof says).limits!, { maxTurns: 9 });
  expect(says.limits!.maxTurns).toBe(1);
  expect(stored.limits!.maxToolCalls).toBe(3);
});

test("what only a newer version knows is taken over, and goes when it left the file", () => {
  const newer = { no: 4_000, wireType: 2, data: new Uint8Array([1, 7]) };
  const says = create(AgentSpecSchema, { model: "a/1" });
  says.$unknown = [newer];
  const plain = create(AgentSpecSchema, { model: "a/1" });
  const taken = mergeThreeWay(AgentSpecSchema, {
    said: undefined,
    says,
    stored: plain,
    empty: new Set(),
  });
  expect(taken.$unknown).toMatchObject([{ no: 4_000 }]);
  const gone = mergeThreeWay(AgentSpecSchema, {
    said: says,
    says: plain,
    stored: taken,
    empty: new Set(),
  });
  expect(gone.$unknown ?? []).toEqual([]);
});
