import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import type { KindClient } from "./every-kind/kind-client.ts";
import { changedSpec, KindHome, plainKinds, sampleSpec } from "./every-kind/kind-home.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

for (const kind of plainKinds) {
  const client = (): KindClient => home.client(kind);

  describe(`a resource of kind ${kind.info.name}`, () => {
    test("is returned by its delete and then gone", async () => {
      const made = await home.sample(kind);
      const { id } = made.metadata!;
      expect(await client().delete(id)).toEqual(made);
      for (const call of [client().get(id), client().delete(id), client().getByReference(id)]) {
        expect((await failureOf(call)).code).toBe("not-found");
      }
    });

    test("names every rule that it breaks, with the field and what was found", async () => {
      const refused = await failureOf(
        client().create({
          metadata: { slug: "Not A Slug", labels: { "no good": "x" }, name: "n".repeat(201) },
          spec: sampleSpec(kind),
        }),
      );
      expect(refused.code).toBe("invalid-argument");
      const found = Object.fromEntries(
        refused.violations.map(({ field, rule, message }) => [field, `${rule}: ${message}`]),
      );
      expect(Object.keys(found).toSorted()).toEqual([
        'metadata.labels["no good"]',
        "metadata.name",
        "metadata.slug",
      ]);
      expect(found["metadata.slug"]).toMatch(/^string\.pattern: .*\(found "Not A Slug"\)$/);
      expect(found["metadata.name"]).toMatch(/^string\.max_len: .*\(found "n{100}…"\)$/);
    });

    test("needs metadata and a spec", async () => {
      const refused = await failureOf(client().create({}));
      expect(refused.violations.map(({ field }) => field)).toEqual(["metadata", "spec"]);
    });

    test("of another kind or version is refused", async () => {
      const message = client().message({ metadata: { name: "Any" }, spec: sampleSpec(kind) });
      Object.assign(message, { kind: "Nothing", apiVersion: "v2" });
      const refused = await failureOf(client().create(message));
      expect(refused.violations.map(({ field }) => field)).toEqual(["apiVersion", "kind"]);
    });
  });

  describe(`a slug of kind ${kind.info.name}`, () => {
    test("is taken once, however many want it", async () => {
      const slug = `wanted-${kind.info.idPrefix}`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 5 }, () => home.sample(kind, { slug })),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
      const refused = await failureOf(home.sample(kind, { slug }));
      expect(refused.code).toBe("already-exists");
      const { metadata } = await client().get(slug);
      expect(refused.message).toContain(metadata!.id);
      const tried = { metadata: { slug }, spec: sampleSpec(kind) };
      expect(await failureOf(client().create(tried, { dryRun: true }))).toMatchObject({
        code: "already-exists",
        hint: refused.hint!,
      });
    });

    test("that many apply at the same time is one resource", async () => {
      const init = { metadata: { slug: `applied-${kind.info.idPrefix}` }, spec: sampleSpec(kind) };
      const applied = await Promise.all(Array.from({ length: 5 }, () => client().apply(init)));
      expect(new Set(applied.map(({ metadata }) => metadata!.id)).size).toBe(1);
      const changed = await client().apply({ ...init, spec: changedSpec(kind) });
      expect(changed.metadata!.id).toBe(applied[0]!.metadata!.id);
      expect(changed.metadata!.resourceVersion).toBe("2");
    });

    test("that is mistyped is answered with the nearest", async () => {
      const slug = `the-only-one-${kind.info.idPrefix}`;
      await home.sample(kind, { slug });
      const refused = await failureOf(client().get(slug.replace("only", "onyl")));
      expect(refused.code).toBe("not-found");
      expect(refused.hint).toBe(`did you mean "${slug}"?`);
    });
  });

  if (kind.info.generatedSlug) {
    test(`a slug of kind ${kind.info.name} that another got as its id becomes its own id`, async () => {
      const slug = (await home.sample(kind)).metadata!.id;
      const { metadata } = await home.sample(kind, { slug });
      expect(metadata!.slug).toBe(metadata!.id);
    });
    continue;
  }

  describe(`a slug of kind ${kind.info.name}, whose name says what it is,`, () => {
    test("comes from the name, and stays when that changes", async () => {
      const made = await home.sample(kind, { name: `  Crème Brûlée ${kind.info.name} №5  ` });
      const slug = `creme-brulee-${kind.info.name.toLowerCase()}-no5`;
      expect(made.metadata!.slug).toBe(slug);
      const metadata = { slug, name: "Something else" };
      const renamed = await client().update({ metadata, spec: sampleSpec(kind) });
      expect(renamed.metadata).toMatchObject(metadata);
    });

    test("that nothing can be made of has to be given", async () => {
      const refused = await failureOf(home.sample(kind, { name: "★★★" }));
      expect(refused.violations).toMatchObject([{ field: "metadata.slug", rule: "slug" }]);
    });

    test("shaped like an id is refused", async () => {
      const slug = "aex-01m856vyfhqyzn67p5mhm5rm27";
      const refused = await failureOf(home.sample(kind, { slug }));
      expect(refused.message).toContain("shaped like an id");
    });
  });
}

describe("a definition that others refer to", () => {
  const agents = (): KindClient => home.client(kindOf(ApiResourceKind.AGENT));
  const servers = (): KindClient => home.client(kindOf(ApiResourceKind.MCP_SERVER));

  async function agentWithServer(): Promise<{ agent: string; server: string }> {
    const server = await home.sample(servers().kind);
    const mcpServers = [{ server: { case: "ref", value: server.metadata!.slug } }];
    const spec = { instructions: "Use it.", mcpServers };
    const agent = await agents().create({ metadata: { name: home.newName() }, spec });
    return { agent: agent.metadata!.slug, server: server.metadata!.slug };
  }

  test("is not deleted, and they are named", async () => {
    const { agent, server } = await agentWithServer();
    for (const dryRun of [{}, { dryRun: true } as const]) {
      const refused = await failureOf(servers().delete(server, dryRun));
      expect(refused.code).toBe("failed-precondition");
      expect(refused.message).toContain(agent);
      expect(refused.hint).toContain("cascade");
    }
    await agents().delete(agent);
    await servers().delete(server);
  });

  test("is deleted with them when that is asked for", async () => {
    const { agent, server } = await agentWithServer();
    await servers().delete(server, { cascade: true });
    expect((await failureOf(agents().get(agent))).code).toBe("not-found");
  });

  test("must be there, and each that is not is named", async () => {
    const mcpServers = [{ server: { case: "ref", value: "exisitng-server" } }];
    const spec = { instructions: "Use it.", mcpServers, environmentRefs: ["no-such"] };
    const refused = await failureOf(agents().create({ metadata: { name: "Any" }, spec }));
    expect(refused.code).toBe("not-found");
    expect(refused.violations.map(({ field }) => field)).toEqual([
      "spec.mcpServers[0].ref",
      "spec.environmentRefs[0]",
    ]);
    expect(refused.hint).toBe('did you mean "existing-server"?');
  });
});

describe("an agent", () => {
  const agents = (): KindClient => home.client(kindOf(ApiResourceKind.AGENT));
  const withSpec = (spec: object): Promise<unknown> =>
    agents().create({ metadata: { name: home.newName() }, spec });

  test("lists every wrong field of its spec at once", async () => {
    const refused = await failureOf(
      withSpec({
        description: "d".repeat(2_001),
        parameters: { temperature: 3, topP: 0, reasoningEffort: 9 },
        mcpServers: [{}, { server: { case: "inline", value: { name: "A B" } } }],
        environmentRefs: ["same", "same"],
        limits: { maxTurns: -1 },
      }),
    );
    expect(refused.violations.map(({ field }) => field).toSorted()).toEqual([
      "spec.description",
      "spec.environmentRefs",
      "spec.instructions",
      "spec.limits.maxTurns",
      "spec.mcpServers[0]",
      "spec.mcpServers[1].inline.name",
      "spec.mcpServers[1].inline.spec",
      "spec.parameters.reasoningEffort",
      "spec.parameters.temperature",
      "spec.parameters.topP",
    ]);
  });

  test("larger than a message may be is refused with a sentence", async () => {
    const refused = await failureOf(withSpec({ instructions: "x".repeat(5 << 20) }));
    expect(refused.code).toBe("resource-exhausted");
    expect(refused.message).toMatch(/^.{20,200}$/);
  });

  test("does not list one server twice, nor a model of no provider", async () => {
    const ref = { server: { case: "ref", value: "existing-server" } };
    const twice = await failureOf(withSpec({ instructions: "x", mcpServers: [ref, ref] }));
    expect(twice.violations).toMatchObject([{ field: "spec.mcpServers", rule: "unique" }]);
    const model = await failureOf(withSpec({ instructions: "x", model: "nobody/has-it" }));
    expect(model.code).toBe("invalid-argument");
    expect(model.message).toContain("nobody");
  });
});
