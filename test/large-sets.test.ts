import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import {
  type ResourceChange,
  type ResourceDocument,
  ResourceDocumentSchema,
  ResourceEffect,
} from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { inParts } from "../src/contract/message-parts.ts";
import { rejectionOf } from "../src/store/testing/samples.ts";
import { KindHome } from "./every-kind/kind-home.ts";

// Thousands of resources, on a machine that may be busy.
setDefaultTimeout(60_000);

const settings = { "limits.setDocuments": 3_000 };

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ settings });
});
afterAll(async () => await home[Symbol.asyncDispose]());

/** More than a message may hold together; the first refers to the last. */
const documents: ResourceDocument[] = Array.from({ length: 2_500 }, (_, index) =>
  index === 0
    ? create(ResourceDocumentSchema, {
        resource: {
          case: "agent",
          value: {
            metadata: { slug: "first" },
            spec: { instructions: "Answer.", environmentRefs: ["large-2499"] },
          },
        },
      })
    : environment(`large-${index}`),
);

function environment(slug: string): ResourceDocument {
  const spec = { description: "x".repeat(1_900), data: { REGION: { value: "eu" } } };
  const resource = { case: "environment", value: { metadata: { slug }, spec } } as const;
  return create(ResourceDocumentSchema, { resource });
}

async function send(
  method: "plan" | "apply",
  sent: readonly ResourceDocument[],
): Promise<ResourceChange[]> {
  const divided = await Array.fromAsync(inParts(ResourceDocumentSchema, sent));
  const parts = divided.map((part) => ({ documents: part }));
  const { channel } = home.daemon;
  const answers = channel.exchange(ResourceSetController.method[method], parts);
  const changes: ResourceChange[] = [];
  for await (const answer of answers) changes.push(...answer.changes);
  return changes;
}

test("a set of several messages is applied as one", async () => {
  const changes = await send("apply", documents);
  expect(changes.map(({ slug }) => slug)).toEqual([
    "first",
    ...documents.slice(1).map((_, index) => `large-${index + 1}`),
  ]);
  expect(changes.every(({ effect }) => effect === ResourceEffect.CREATED)).toBe(true);
  const again = await send("plan", documents);
  expect(again.every(({ effect }) => effect === ResourceEffect.UNCHANGED)).toBe(true);
});

test("a mistake in a later message is named by its place in the set, and nothing is applied", async () => {
  const good = Array.from({ length: 300 }, (_, index) => environment(`good-${index}`));
  const refused = await rejectionOf(send("apply", [...good, environment("Not a slug")]));
  expect(refused.code).toBe("invalid-argument");
  expect(refused.violations[0]?.field).toBe("documents[300].environment.metadata.slug");
  const changes = await send("plan", good);
  expect(changes.every(({ effect }) => effect === ResourceEffect.CREATED)).toBe(true);
});

test("more than the settings allow is refused, however it is divided", async () => {
  const many = Array.from({ length: 3_001 }, (_, index) => environment(`many-${index}`));
  const refused = await rejectionOf(send("plan", many));
  expect(refused.code).toBe("resource-exhausted");
  expect(refused.hint).toContain("limits.setDocuments");
});
