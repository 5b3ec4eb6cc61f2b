import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { equals } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import type { Resource } from "../src/resources/resource.ts";
import { specSchema } from "../src/resources/stored-resource.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { changedSpec, KindHome, plainKinds, sampleSpec } from "./every-kind/kind-home.ts";
import { validSpecs } from "./every-kind/valid-specs.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

for (const kind of plainKinds)
  describe(kind.info.name, () => {
    const client = () => home.client(kind);
    const idOf = (resource: Resource): string => resource.metadata!.id;
    const slugOf = (resource: Resource): string => resource.metadata!.slug;
    const versionOf = (resource: Resource): string => resource.metadata!.resourceVersion;
    const { generatedSlug } = kind.info;

    describe("a created resource", () => {
      test("is found by its id, its slug and its name", async () => {
        const made = await home.sample(kind);
        for (const name of [idOf(made), slugOf(made), made.metadata!.name]) {
          expect(await client().get(name)).toEqual(made);
          expect(await client().getByReference(name)).toEqual(made);
        }
      });

      test("has an id and a slug of its kind, and says who made it and when", async () => {
        const before = Date.now();
        const made = await home.sample(kind, { name: "Ünïcode & Größe — 2" });
        expect(idOf(made)).toMatch(new RegExp(`^${kind.info.idPrefix}-[0-9a-hjkmnp-tv-z]{26}$`));
        expect(slugOf(made)).toBe(generatedSlug ? idOf(made) : "unicode-gro-e-2");
        expect([made.apiVersion, made.kind]).toEqual(["agentic.stigmer.ai/v1", kind.info.name]);
        const { created, updated } = made.status!.audit!;
        expect(created).toEqual(updated);
        expect(created!.actor).toBe("local");
        const atMs = timestampDate(created!.at!).getTime();
        expect(atMs).toBeGreaterThanOrEqual(before);
        expect(atMs).toBeLessThanOrEqual(Date.now());
      });

      test("keeps any spec that the contract allows, and applying it again changes nothing", async () => {
        const schema = specSchema(kind);
        await fc.assert(
          fc.asyncProperty(validSpecs(kind, home.existing), async (spec) => {
            const made = await client().create({ metadata: { name: home.newName() }, spec });
            const sent = client().message({ spec }).spec!;
            const stored = await client().get(idOf(made));
            expect(equals(schema, stored.spec!, sent)).toBe(true);
            const applied = await client().apply({
              metadata: { slug: slugOf(made), name: made.metadata!.name },
              spec,
            });
            expect(applied).toEqual(made);
          }),
          { numRuns: 25 },
        );
      });

      test("takes from a client neither id nor status nor computed fields", async () => {
        const made = await client().create({
          metadata: {
            name: home.newName(),
            id: `${kind.info.idPrefix}-00000000000000000000000000`,
            revision: "abc",
            resourceVersion: "77",
          },
          spec: sampleSpec(kind),
          status: { audit: { created: { actor: "somebody else" } } },
        });
        expect(idOf(made)).not.toMatch(/-0{26}$/);
        expect(versionOf(made)).toBe("1");
        expect(made.metadata!.revision).toMatch(/^[0-9a-f]{64}$/);
        expect(made.status!.audit!.created!.actor).toBe("local");
      });

      test("is one, however often its request is sent", async () => {
        const init = { metadata: { name: home.newName() }, spec: sampleSpec(kind) };
        const requestId = crypto.randomUUID();
        const [first, ...others] = await Promise.all(
          Array.from({ length: 8 }, () => client().create(init, { requestId })),
        );
        others.push(await client().create(init, { requestId }));
        for (const other of others) expect(other).toEqual(first!);
        const { items } = await client().list({ pageSize: 1_000 });
        const sameName = items.filter(({ metadata }) => metadata?.name === init.metadata.name);
        expect(sameName.length).toBe(1);

        const changed = { ...init, spec: changedSpec(kind) };
        const refused = await failureOf(client().create(changed, { requestId }));
        expect(refused.code).toBe("invalid-argument");
        expect(refused.message).toContain(requestId);
        expect(refused.message).toContain(idOf(first!));
      });

      test("is only computed by a dry run", async () => {
        const init = { metadata: { name: home.newName() }, spec: sampleSpec(kind) };
        const computed = await client().create(init, { dryRun: true });
        expect(computed.metadata!.name).toBe(init.metadata.name);
        expect((await failureOf(client().get(init.metadata.name))).code).toBe("not-found");
        const made = await client().create(init);
        const next = { metadata: made.metadata!, spec: changedSpec(kind) };
        await client().update(next, { dryRun: true });
        await client().apply(next, { dryRun: true });
        await client().delete(idOf(made), { dryRun: true });
        expect(await client().get(idOf(made))).toEqual(made);
      });

      test("has no organisation", async () => {
        const init = { metadata: { name: "Any", org: "acme" }, spec: sampleSpec(kind) };
        const refused = await failureOf(client().create(init));
        expect(refused).toMatchObject({ code: "invalid-argument" });
        expect(refused.violations).toMatchObject([{ field: "metadata.org" }]);
      });

      test("of which two have a name is not found by it, and both are named", async () => {
        const name = home.newName();
        const slugs = ["a", "b"].map((letter) => `twin-${letter}-${kind.info.idPrefix}`);
        const twins = await Promise.all(slugs.map((slug) => home.sample(kind, { name, slug })));
        const refused = await failureOf(client().get(name));
        expect(refused.code).toBe("invalid-argument");
        for (const twin of twins) expect(refused.hint).toContain(slugOf(twin));
      });
    });

    describe("an update", () => {
      test("keeps who made it, and gives a new version and revision", async () => {
        const made = await home.sample(kind);
        const updated = await client().update({
          metadata: made.metadata!,
          spec: changedSpec(kind),
        });
        expect(versionOf(updated)).not.toBe(versionOf(made));
        expect(updated.metadata!.revision).not.toBe(made.metadata!.revision);
        expect(updated.status!.audit!.created).toEqual(made.status!.audit!.created);
        expect(await client().get(idOf(made))).toEqual(updated);
      });

      test("of what somebody else changed says who and when", async () => {
        const made = await home.sample(kind);
        const changed = await client().update({
          metadata: made.metadata!,
          spec: changedSpec(kind),
        });
        const stale = await failureOf(
          client().update({ metadata: made.metadata!, spec: sampleSpec(kind) }),
        );
        expect(stale.code).toBe("conflict");
        expect(stale.message).toContain("by local at ");
        const at = timestampDate(changed.status!.audit!.updated!.at!);
        expect(stale.message).toContain(at.toISOString().slice(0, 19));
      });

      test("of one version happens once when many send it at the same time", async () => {
        const made = await home.sample(kind);
        const outcomes = await Promise.allSettled(
          Array.from({ length: 6 }, (_, index) =>
            client().update({
              metadata: { ...made.metadata!, labels: { try: String(index) } },
              spec: changedSpec(kind),
            }),
          ),
        );
        expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
      });

      test("without a version wins over what was written before", async () => {
        const made = await home.sample(kind);
        const byId = { metadata: { id: idOf(made), name: "First" }, spec: changedSpec(kind) };
        await client().update(byId);
        const last = { metadata: { id: idOf(made), name: "Last" }, spec: sampleSpec(kind) };
        await client().update(last);
        const stored = await client().get(idOf(made));
        expect(stored.metadata!.name).toBe("Last");
        expect(equals(specSchema(kind), stored.spec!, made.spec!)).toBe(true);
      });

      test("keeps what only a newer client knows", async () => {
        const unknown = [{ no: 4_000, wireType: 2, data: new Uint8Array([3, 1, 2, 3]) }];
        const sent = client().message({
          metadata: { name: home.newName() },
          spec: sampleSpec(kind),
        });
        for (const part of [sent, sent.metadata!, sent.spec!]) part.$unknown = [...unknown];
        const made = await client().create(sent);
        const read = await client().get(idOf(made));
        read.metadata!.labels = { changed: "yes" };
        const updated = await client().update(read);
        expect(versionOf(updated)).toBe("2");
        const stored = await client().get(idOf(made));
        for (const part of [stored, stored.metadata!, stored.spec!]) {
          expect(part.$unknown).toMatchObject([{ no: 4_000 }]);
        }
      });

      test("never changes a slug", async () => {
        const made = await home.sample(kind);
        const refused = await failureOf(
          client().update({
            metadata: { id: idOf(made), slug: "another" },
            spec: sampleSpec(kind),
          }),
        );
        expect(refused.violations).toMatchObject([{ field: "metadata.slug", rule: "immutable" }]);
      });

      test("of nothing, or of what is not there, is refused", async () => {
        const spec = sampleSpec(kind);
        const nothing = await failureOf(client().update({ metadata: {}, spec }));
        expect(nothing.code).toBe("invalid-argument");
        const gone = await failureOf(client().update({ metadata: { slug: "no-such" }, spec }));
        expect(gone.code).toBe("not-found");
      });
    });
  });
