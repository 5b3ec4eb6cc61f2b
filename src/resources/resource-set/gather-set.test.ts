import { expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type ResourceSet,
  ResourceSetSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { rejectionOf } from "../../store/testing/samples.ts";
import { gatherSet } from "./gather-set.ts";

const limits = { documents: 4, bytes: 1_000 };

function part(slugs: readonly string[], pruneSelector = ""): ResourceSet {
  const documents = slugs.map((slug) => ({
    resource: { case: "environment", value: { metadata: { slug }, spec: {} } } as const,
  }));
  return create(ResourceSetSchema, { documents, pruneSelector });
}

async function* sent(...parts: readonly (ResourceSet | Error)[]): AsyncGenerator<ResourceSet> {
  for (const each of parts) {
    if (each instanceof Error) throw each;
    yield each;
  }
}

test("parts are one set, in their order", async () => {
  const parts = sent(part([], "app=a"), part(["a", "b"]), part(["c"], "app=a"));
  const set = await gatherSet(parts, limits);
  expect(set).toEqual(part(["a", "b", "c"], "app=a"));
});

test("no part is an empty set", async () => {
  expect(await gatherSet(sent(), limits)).toEqual(part([]));
});

test("a part that breaks a rule is named by its place in the whole set", async () => {
  const field = "documents[1].environment.metadata.slug";
  const violations = [{ field, rule: "pattern", message: "does not match" }];
  const broken = new StigmerError("invalid-argument", `${field}: does not match`, { violations });
  const refused = await rejectionOf(gatherSet(sent(part(["a", "b"]), broken), limits));
  expect(refused.message).toStartWith("documents[3].environment.metadata.slug");
  expect(refused.violations[0]?.field).toBe("documents[3].environment.metadata.slug");
});

test.each([
  ["documents", part(["a", "b", "c", "d", "e"]), "limits.setDocuments"],
  ["bytes", part(["a", "b"], "x".repeat(999)), "limits.setBytes"],
])("more %s than a set may hold are refused, naming the setting", async (_, more, setting) => {
  const refused = await rejectionOf(gatherSet(sent(more), limits));
  expect(refused.code).toBe("resource-exhausted");
  expect(refused.hint).toContain(setting);
});

test("what one part prunes no other part may prune differently", async () => {
  const refused = await rejectionOf(gatherSet(sent(part([], "a=b"), part([], "a=c")), limits));
  expect(refused.code).toBe("invalid-argument");
  expect(refused.violations[0]?.field).toBe("pruneSelector");
});
