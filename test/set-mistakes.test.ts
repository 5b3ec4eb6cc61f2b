import { afterAll, beforeAll, expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { toStigmerError } from "../src/contract/errors.ts";
import { ResourceSetSchema } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { RequestReader } from "../src/daemon/grpc/validation.ts";
import { ResourceSets } from "../src/resources/resource-set/resource-sets.ts";
import { rejectionOf } from "../src/store/testing/samples.ts";
import { TemporaryStore } from "../src/store/testing/temporary-store.ts";

let temporary: TemporaryStore;
let sets: ResourceSets;
beforeAll(async () => {
  temporary = await TemporaryStore.open();
  const rules = new RequestReader();
  sets = new ResourceSets({
    store: temporary.store,
    clock: Date.now,
    validate: (schema, bytes) => rules.read(schema, bytes),
  });
});
afterAll(async () => await temporary[Symbol.asyncDispose]());

type SetInit = MessageInitShape<typeof ResourceSetSchema>;
type Document = NonNullable<SetInit["documents"]>[number];

/** The fields that a set is refused for. */
async function refusedFields(...documents: Document[]): Promise<string[]> {
  const error = await rejectionOf(sets.plan(create(ResourceSetSchema, { documents }), "local"));
  return toStigmerError(error).violations.map(({ field }) => field);
}

const agent = (metadata: object, spec: object = {}): Document => ({
  resource: { case: "agent", value: { metadata, spec: { instructions: "Answer.", ...spec } } },
});

test("names that give no slug are told beside broken rules, each once", async () => {
  const documents = [
    agent({ name: "日本" }),
    agent({ name: "" }, { instructions: "" }),
    agent({}),
    agent({ name: "good" }),
  ];
  expect(await refusedFields(...documents)).toEqual([
    "documents[0].agent.metadata.slug",
    "documents[1].agent.spec.instructions",
    "documents[1].agent.metadata.slug",
    "documents[2].agent.metadata.slug",
  ]);
});

test("a schedule is told of its cron, its time zone and its message", async () => {
  const trigger = { case: "cron", value: "99 * *" } as const;
  const target = { case: "agent", value: { agent: "good", message: "" } } as const;
  const value = { metadata: { slug: "s" }, spec: { trigger, timeZone: "Mars", target } };
  const fields = await refusedFields(
    { resource: { case: "schedule", value } },
    agent({ slug: "good" }),
  );
  expect(fields.toSorted()).toEqual([
    "documents[0].schedule.spec.agent.message",
    "documents[0].schedule.spec.cron",
    "documents[0].schedule.spec.timeZone",
  ]);
});

test("a broken rule hides neither references nor models of other documents", async () => {
  const fields = await refusedFields(
    agent({ slug: "a" }, { environmentRefs: ["e", "e"] }),
    agent(
      { slug: "b" },
      { environmentRefs: ["nowhere"], model: "nobody/x", fallbackModels: ["q/q"] },
    ),
    { resource: { case: "environment", value: { metadata: { slug: "e" }, spec: {} } } },
  );
  expect(fields).toEqual([
    "documents[0].agent.spec.environmentRefs",
    "documents[1].agent.spec.model",
    "documents[1].agent.spec.fallbackModels[0]",
    "documents[1].agent.spec.environmentRefs[0]",
  ]);
});

test("a reference to a document that is wrong itself is no mistake", async () => {
  const server = {
    resource: {
      case: "mcpServer",
      value: {
        metadata: { name: "日本" },
        spec: { transport: { case: "stdio", value: { command: "serve" } } },
      },
    },
  } as const;
  const user = agent({ slug: "a" }, { mcpServers: [{ server: { case: "ref", value: "日本" } }] });
  expect(await refusedFields(user, server)).toEqual(["documents[1].mcpServer.metadata.slug"]);
});
