import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { create, equals, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import type { Agent } from "../src/contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import {
  FieldChangeSchema,
  ResourceEffect,
  type ResourceSetChanges,
  ResourceDocumentSchema,
  ResourceSetSchema,
} from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { type Kind, kindOf, kinds } from "../src/contract/kinds.ts";
import { RequestReader } from "../src/daemon/grpc/validation.ts";
import { rulesOf } from "../src/resources/kind-rules.ts";
import type { Resource } from "../src/resources/resource.ts";
import { ResourceSets } from "../src/resources/resource-set/resource-sets.ts";
import { ResourceService } from "../src/resources/resource-service.ts";
import { specSchema } from "../src/resources/stored-resource.ts";
import { rejectionOf } from "../src/store/testing/samples.ts";
import { TemporaryStore } from "../src/store/testing/temporary-store.ts";
import { existingNames, sampleSpec } from "./every-kind/kind-home.ts";
import { validSpecs } from "./every-kind/valid-specs.ts";

type SetInit = MessageInitShape<typeof ResourceSetSchema>;
type DocumentInit = MessageInitShape<typeof ResourceDocumentSchema>;

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

const apply = (set: SetInit) => sets.apply(create(ResourceSetSchema, set), "local");
const plan = (set: SetInit) => sets.plan(create(ResourceSetSchema, set), "local");
const serviceOf = (number: ApiResourceKind) =>
  new ResourceService({
    kind: kindOf(number),
    store: temporary.store,
    clock: Date.now,
    rules: rulesOf(number),
  });
const context = { actor: "local", dryRun: false, cascade: false };

const agents = () => serviceOf(ApiResourceKind.AGENT);
const effectsOf = ({ changes }: ResourceSetChanges) =>
  changes.map(({ effect, slug }) => `${slug} ${ResourceEffect[effect].toLowerCase()}`);

let names = 0;
const newName = (): string => `name-${(names += 1)}`;

const agent = (slug: string, spec: object = {}, metadata: object = {}): DocumentInit => ({
  resource: {
    case: "agent",
    value: { metadata: { slug, ...metadata }, spec: { instructions: "Answer.", ...spec } },
  },
});
const server = (slug: string, metadata: object = {}): DocumentInit => ({
  resource: {
    case: "mcpServer",
    value: {
      metadata: { slug, ...metadata },
      spec: { transport: { case: "stdio", value: { command: "serve" } } },
    },
  },
});
const environment = (slug: string, metadata: object = {}): DocumentInit => ({
  resource: { case: "environment", value: { metadata: { slug, ...metadata }, spec: {} } },
});
const uses = (slug: string) => ({ mcpServers: [{ server: { case: "ref", value: slug } }] });

test("a set can hold every kind of definition", () => {
  const definitions = kinds.filter(({ info }) => info.definition);
  const held = ResourceDocumentSchema.fields.flatMap(({ message }) => message?.typeName ?? []);
  expect(held.toSorted()).toEqual(definitions.map(({ message }) => message.typeName).toSorted());
});

/** One document of a kind, with a generated spec. */
function documentInit(kind: Kind, slug: string, spec: object): DocumentInit {
  const field = ResourceDocumentSchema.fields.find(({ message }) => message === kind.message);
  const value = create(kind.message, { metadata: { slug }, spec });
  return { resource: { case: field!.localName, value } } as DocumentInit;
}

describe.each(kinds.filter(({ info }) => info.definition).map((kind) => [kind.info.name, kind]))(
  "%s",
  (_, kind) => {
    test("any edit leads to what the file says, and the same again changes nothing", async () => {
      await apply({
        documents: [...existingNames].map(([number, slug]) =>
          documentInit(kindOf(number), slug, sampleSpec(kindOf(number))),
        ),
      });
      const specs = validSpecs(kind, existingNames);
      await fc.assert(
        fc.asyncProperty(fc.array(specs, { minLength: 2, maxLength: 4 }), async (edits) => {
          const slug = newName();
          for (const spec of edits) {
            const document = documentInit(kind, slug, spec);
            const planned = await plan({ documents: [document] });
            const applied = await apply({ documents: [document] });
            expect(effectsOf(applied)).toEqual(effectsOf(planned));
            const stored = serviceOf(kind.number).get(slug);
            const said = (document.resource!.value as Resource).spec!;
            expect(equals(specSchema(kind), stored.spec!, said)).toBe(true);
            expect(effectsOf(await apply({ documents: [document] }))).toEqual([
              `${slug} unchanged`,
            ]);
            expect(serviceOf(kind.number).get(slug)).toEqual(stored);
          }
        }),
        { numRuns: 25 },
      );
    });
  },
);

describe("a set", () => {
  test("is created with its references, in whatever order it stands", async () => {
    const [one, two, three] = [newName(), newName(), newName()];
    const documents = [
      agent(one, { ...uses(two), environmentRefs: [three] }),
      environment(three),
      server(two),
    ];
    const applied = await apply({ documents });
    expect(effectsOf(applied)).toEqual([`${one} created`, `${three} created`, `${two} created`]);
    expect(agents().get(one).metadata!.id).toBe(applied.changes[0]!.id);
    const refused = await rejectionOf(serviceOf(ApiResourceKind.MCP_SERVER).delete(two, context));
    expect(refused.message).toContain(one);
  });

  test("changes nothing when one of its documents is bad, and says all that is bad", async () => {
    const [good, bad] = [newName(), newName()];
    const documents = [agent(good), agent(bad, uses("nothing")), agent(bad, { model: "no-one/x" })];
    const refused = await rejectionOf(apply({ documents }));
    expect(refused.code).toBe("invalid-argument");
    expect(refused.violations.map(({ field }) => field).toSorted()).toEqual([
      "documents[1].agent.spec.mcpServers[0].ref",
      "documents[2].agent.metadata.slug",
      "documents[2].agent.spec.model",
    ]);
    expect((await rejectionOf(Promise.resolve().then(() => agents().get(good)))).code).toBe(
      "not-found",
    );
  });

  test("names a reference to nothing, with the nearest name of the set", async () => {
    const documents = [server("the-tracker"), agent(newName(), uses("the-traker"))];
    const refused = await rejectionOf(plan({ documents }));
    expect(refused.code).toBe("not-found");
    expect(refused.message).toContain("documents[1].agent.spec.mcpServers[0].ref");
    expect(refused.hint).toContain("the-tracker");
  });

  test("says which fields it changes, from what to what", async () => {
    const slug = newName();
    await apply({ documents: [agent(slug, { model: "script/echo" }, { labels: { team: "a" } })] });
    const changed = agent(slug, { limits: { maxTurns: 3 } }, { labels: { team: "b" } });
    const planned = await plan({ documents: [changed] });
    const { fields } = planned.changes[0]!;
    expect(fields.map((field) => toJson(FieldChangeSchema, field))).toEqual([
      { path: 'metadata.labels["team"]', old: "a", new: "b" },
      { path: "spec.model", old: "script/echo" },
      { path: "spec.limits", new: { maxTurns: 3 } },
    ]);
    expect((agents().get(slug) as Agent).spec!.model).toBe("script/echo");
  });

  test("leaves alone what was only set elsewhere, and says nothing of it to anybody", async () => {
    const slug = newName();
    await apply({ documents: [agent(slug, { model: "script/echo" })] });
    const read = agents().get(slug) as Agent;
    read.spec!.description = "elsewhere";
    read.metadata!.labels = { elsewhere: "yes" };
    await agents().update(read, context);
    await apply({ documents: [agent(slug, { limits: { maxTurns: 2 } })] });
    const stored = agents().get(slug) as Agent;
    expect(stored.spec).toMatchObject({ description: "elsewhere", model: "" });
    expect(stored.metadata!.labels).toEqual({ elsewhere: "yes" });
    expect(stored.metadata!.annotations).toEqual({});
  });

  test("owns from then on what it agrees with", async () => {
    const slug = newName();
    await agents().create(
      create(kindOf(ApiResourceKind.AGENT).message, {
        metadata: { name: slug },
        spec: { instructions: "Answer.", description: "by hand" },
      }) as Resource,
      context,
    );
    const before = agents().get(slug);
    const same = { documents: [agent(slug, { description: "by hand" })] };
    expect(effectsOf(await apply(same))).toEqual([`${slug} unchanged`]);
    expect(agents().get(slug)).toEqual(before);
    expect(effectsOf(await apply({ documents: [agent(slug)] }))).toEqual([`${slug} updated`]);
    expect((agents().get(slug) as Agent).spec!.description).toBe("");
  });

  test("is refused when it breaks a rule together with what was added elsewhere", async () => {
    const slug = newName();
    const labels = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${prefix}${index}`, "x"]));
    await apply({ documents: [agent(slug, {}, { labels: { a0: "x" } })] });
    const read = agents().get(slug) as Agent;
    Object.assign(read.metadata!.labels, labels("b"));
    await agents().update(read, context);
    const refused = await rejectionOf(
      apply({ documents: [agent(slug, {}, { labels: labels("a") })] }),
    );
    expect(refused.code).toBe("invalid-argument");
    expect(refused.violations[0]!.field).toBe("documents[0].agent.metadata.labels");
  });

  test("lets others work while it is planned", async () => {
    const documents = Array.from({ length: 5_000 }, (_, index) => agent(`other-${index}`));
    let isPlanned = false;
    let turns = 0;
    const planning = plan({ documents }).finally(() => (isPlanned = true));
    const takeTurn = (): void => {
      turns += 1;
      if (!isPlanned) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    await planning;
    expect(turns).toBeGreaterThan(2);
  });

  test("that many apply at the same time is applied once, whoever wins", async () => {
    const [slug, tool] = [newName(), newName()];
    const variants = Array.from({ length: 8 }, (_, index) => ({
      documents: [server(tool), agent(slug, { ...uses(tool), model: `script/m${index}` })],
    }));
    const applied = await Promise.all(variants.map(apply));
    const all = applied.flatMap(effectsOf);
    expect(all.filter((effect) => effect === `${slug} created`).length).toBe(1);
    expect(all.filter((effect) => effect === `${slug} updated`).length).toBe(7);
    expect(all.filter((effect) => effect === `${tool} created`).length).toBe(1);
    const { model } = (agents().get(slug) as Agent).spec!;
    const again = variants.find(({ documents }) =>
      JSON.stringify(documents).includes(JSON.stringify(model)),
    );
    expect(effectsOf(await apply(again!))).toEqual([`${tool} unchanged`, `${slug} unchanged`]);
  });
});

describe("a prune", () => {
  const labelled = (team: string) => ({ labels: { team } });

  test("deletes what carries the labels, was applied and is in the set no more", async () => {
    const [team, kept, gone, tool, byHand] = Array.from({ length: 5 }, newName) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await apply({
      documents: [
        agent(kept, {}, labelled(team)),
        agent(gone, uses(tool), labelled(team)),
        server(tool, labelled(team)),
        agent(`${gone}-other`, {}, labelled(`${team}-other`)),
      ],
    });
    await agents().create(
      create(kindOf(ApiResourceKind.AGENT).message, {
        metadata: { name: byHand, ...labelled(team) },
        spec: { instructions: "Answer." },
      }) as Resource,
      context,
    );
    const set = { documents: [agent(kept, {}, labelled(team))], pruneSelector: `team=${team}` };
    const expected = [`${kept} unchanged`, `${gone} deleted`, `${tool} deleted`];
    expect(effectsOf(await plan(set))).toEqual(expected);
    expect(agents().get(gone).metadata!.slug).toBe(gone);
    expect(effectsOf(await apply(set))).toEqual(expected);
    expect(effectsOf(await apply(set))).toEqual([`${kept} unchanged`]);
    for (const slug of [kept, byHand, `${gone}-other`]) {
      expect(agents().get(slug).metadata!.slug).toBe(slug);
    }
  });

  test("is refused while something else refers to it, and nothing changes", async () => {
    const [team, tool, user] = [newName(), newName(), newName()];
    await apply({ documents: [server(tool, labelled(team)), agent(user, uses(tool))] });
    const set = { documents: [agent(newName())], pruneSelector: `team=${team}` };
    for (const run of [plan, apply]) {
      const refused = await rejectionOf(run(set));
      expect(refused.code).toBe("failed-precondition");
      expect(refused.message).toContain(tool);
      expect(refused.message).toContain(user);
    }
    const released = { ...set, documents: [agent(user)] };
    expect(effectsOf(await apply(released))).toEqual([`${user} updated`, `${tool} deleted`]);
  });

  test("with a selector that cannot be read is refused", async () => {
    const refused = await rejectionOf(plan({ documents: [], pruneSelector: "a=b=c" }));
    expect(refused.code).toBe("invalid-argument");
  });
});
