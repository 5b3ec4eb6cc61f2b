import { expect, test } from "bun:test";
import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import { WorkflowSpecSchema } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { workflowReferences } from "./workflow-references.ts";

const ask = (agent: unknown): JsonObject => ({ call: "agent", with: { agent } as JsonObject });

/** Where a workflow names an agent, and which. */
function agentsOf(spec: JsonObject): string[] {
  const document = { dsl: "1.0.0", namespace: "test", name: "sample", version: "1.0.0" };
  const found = workflowReferences(fromJson(WorkflowSpecSchema, { document, do: [], ...spec }));
  return found.map(({ path, name }) => `${path} ${name}`);
}

test.each<[string, JsonObject, string]>([
  ["a task", { ask: ask("a") }, "ask.with.agent a"],
  ["a task that is called like a property", { with: ask("a") }, "with.with.agent a"],
  ["a loop", { all: { for: { in: "." }, do: [{ ask: ask("a") }] } }, "all.do[0].ask.with.agent a"],
  ["a try", { safe: { try: [{ ask: ask("a") }], catch: {} } }, "safe.try[0].ask.with.agent a"],
  [
    "a catch",
    { safe: { try: [], catch: { do: [{ ask: ask("a") }] } } },
    "safe.catch.do[0].ask.with.agent a",
  ],
  [
    "a branch",
    { both: { fork: { branches: [{ ask: ask("a") }] } } },
    "both.fork.branches[0].ask.with.agent a",
  ],
  [
    "an event handler",
    { wait: { listen: {}, foreach: { do: [{ ask: ask("a") }] } } },
    "wait.foreach.do[0].ask.with.agent a",
  ],
])("an agent is found in %s", (_, task, expected) => {
  expect(agentsOf({ do: [task] })).toEqual([`spec.do[0].${expected}`]);
});

test("an agent is found in what tasks share", () => {
  const use = {
    functions: { review: ask("a") },
    extensions: [
      { log: { extend: "all", before: [{ ask: ask("b") }], after: [{ ask: ask("c") }] } },
    ],
  };
  expect(agentsOf({ use })).toEqual([
    "spec.use.functions.review.with.agent a",
    "spec.use.extensions[0].log.before[0].ask.with.agent b",
    "spec.use.extensions[0].log.after[0].ask.with.agent c",
  ]);
});

test("data that looks like a task, an expression and what is no name are not references", () => {
  const tasks = [
    { data: { set: { do: [{ ask: ask("a") }] } } },
    { chosen: ask("${ .agent }") },
    { wrong: ask(7) },
    { other: { call: "http", with: { agent: "a" } } },
  ];
  expect(agentsOf({ do: tasks })).toEqual([]);
});
