import { expect, test } from "bun:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { StigmerError } from "../../contract/errors.ts";
import { AgentSchema } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { failureOf } from "./testing/outcomes.ts";
import { RequestReader } from "./validation.ts";

const requests = new RequestReader();

function refusalOf(agent: MessageInitShape<typeof AgentSchema>): Promise<StigmerError> {
  const bytes = toBinary(AgentSchema, create(AgentSchema, agent));
  return failureOf(requests.read(AgentSchema, bytes));
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}`);

test.each([
  ["list of values that must differ", { environmentRefs: many(500_000) }, "spec.environmentRefs"],
  ["list of messages", { mcpServers: many(500_000).map(() => ({})) }, "spec.mcpServers"],
  [
    "list within a list",
    {
      mcpServers: [
        { server: { case: "ref" as const, value: "a" } },
        { server: { case: "ref" as const, value: "b" }, enabledTools: many(300_000) },
      ],
    },
    "spec.mcpServers[1].enabledTools",
  ],
])("a %s that is far too long is refused within a second", async (_, spec, field) => {
  const bytes = toBinary(AgentSchema, create(AgentSchema, { spec }));
  const startedAt = performance.now();
  const error = await failureOf(requests.read(AgentSchema, bytes));
  const tookMs = performance.now() - startedAt;
  expect(error.violations).toMatchObject([{ field, rule: "repeated.max_items" }]);
  expect(tookMs).toBeLessThan(1_000);
});

test("a map that is far too large is refused within a second", async () => {
  const labels = Object.fromEntries(many(100_000).map((key) => [`!${key}`, "!!"]));
  const startedAt = performance.now();
  const error = await refusalOf({ metadata: { labels } });
  const tookMs = performance.now() - startedAt;
  expect(error.message).toBe(
    "metadata.labels: must contain no more than 64 entries (found 100000)",
  );
  expect(tookMs).toBeLessThan(1_000);
});

test("a violation names field, rule and value as people write them", async () => {
  const error = await refusalOf({
    apiVersion: "v9",
    metadata: { labels: { "my team": "ok" }, tags: ["x".repeat(300)] },
    spec: { instructions: "go", parameters: { temperature: 9 } },
  });
  expect(error.violations).toEqual([
    {
      field: "apiVersion",
      rule: "string.in",
      message: 'must be in list [agentic.stigmer.ai/v1] (found "v9")',
    },
    {
      field: 'metadata.labels["my team"]',
      rule: "string.pattern",
      message: expect.stringMatching(/^the key does not match .* \(found "my team"\)$/) as string,
    },
    {
      field: "metadata.tags[0]",
      rule: "string.max_len",
      message: `must be at most 100 characters (found "${"x".repeat(100)}…")`,
    },
    {
      field: "spec.parameters.temperature",
      rule: "double.gte_lte",
      message: "must be greater than or equal to 0 and less than or equal to 2 (found 9)",
    },
  ]);
});

test("a message without a fault passes, unknown fields and all", async () => {
  const agent = create(AgentSchema, {
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Agent",
    metadata: { name: "Reviewer" },
    spec: { instructions: "Review." },
  });
  const unknownField = [0xfa, 0x07, 1, 42];
  const bytes = Buffer.concat([toBinary(AgentSchema, agent), Buffer.from(unknownField)]);
  const read = await requests.read(AgentSchema, bytes);
  expect(Buffer.from(toBinary(AgentSchema, read as typeof agent))).toEqual(bytes);
});
