import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Resource } from "../src/resources/resource.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome, plainKinds, sampleSpec } from "./every-kind/kind-home.ts";

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
  describe(`a list of kind ${kind.info.name}`, () => {
    const client = () => home.client(kind);

    /** Resources that a label of their own tells from all others, oldest first. */
    async function sampleGroup(count: number): Promise<{ group: string; made: Resource[] }> {
      const group = crypto.randomUUID();
      const made: Resource[] = [];
      for (let index = 0; index < count; index++) {
        made.push(await home.sample(kind, { labels: { group, index: String(index) } }));
      }
      return { group, made };
    }

    const idsOf = (resources: readonly Resource[]): string[] =>
      resources.map(({ metadata }) => metadata!.id);

    test("is newest first, whatever the size of its pages", async () => {
      const { group, made } = await sampleGroup(7);
      const newestFirst = idsOf(made).toReversed();
      for (const pageSize of [1, 3, 7, 1_000]) {
        const pages = await Array.fromAsync(
          client().pages({ labelSelector: `group=${group}`, pageSize }),
        );
        expect(idsOf(pages.flat())).toEqual(newestFirst);
        expect(pages.length).toBe(Math.ceil(7 / pageSize));
      }
    });

    test("shows nothing twice and misses nothing while others write", async () => {
      const { group, made } = await sampleGroup(9);
      const [oldest, ...others] = made;
      const seen: Resource[] = [];
      for await (const page of client().pages({ labelSelector: `group=${group}`, pageSize: 2 })) {
        seen.push(...page);
        await home.sample(kind, { labels: { group } });
        const { id } = oldest!.metadata!;
        const labels = { group, written: String(seen.length) };
        await client().update({ metadata: { id, labels }, spec: oldest!.spec });
        await client().delete(page[0]!.metadata!.id);
      }
      expect(idsOf(seen)).toEqual(idsOf([oldest!, ...others]).toReversed());
    });

    test("selects by labels", async () => {
      const { group } = await sampleGroup(4);
      const select = async (selector: string): Promise<(string | undefined)[]> => {
        const { items } = await client().list({ labelSelector: `group=${group},${selector}` });
        return items.map(({ metadata }) => metadata!.labels["index"]).toReversed();
      };
      expect(await select("index=2")).toEqual(["2"]);
      expect(await select("index!=2")).toEqual(["0", "1", "3"]);
      expect(await select("index")).toEqual(["0", "1", "2", "3"]);
      expect(await select("!index")).toEqual([]);
      expect((await failureOf(select("=oops"))).code).toBe("invalid-argument");
    });

    test("selects by time, its own time included and the end excluded", async () => {
      const { group, made } = await sampleGroup(3);
      const times = made.map(({ status }) => status!.audit!.created!.at!);
      const labelSelector = `group=${group}`;
      const after = await client().list({ labelSelector, createdAfter: times[1]! });
      expect(idsOf(after.items)).toContain(made[1]!.metadata!.id);
      expect(idsOf(after.items)).toContain(made[2]!.metadata!.id);
      const before = await client().list({ labelSelector, createdBefore: times[0]! });
      expect(before.items).toEqual([]);
    });

    test("has 50 items when nobody says how many, and 1,000 at most", async () => {
      const group = crypto.randomUUID();
      const spec = sampleSpec(kind);
      await Promise.all(
        Array.from({ length: 51 }, () =>
          client().create({ metadata: { name: home.newName(), labels: { group } }, spec }),
        ),
      );
      const page = await client().list({ labelSelector: `group=${group}` });
      expect(page.items.length).toBe(50);
      expect(page.nextPageToken).not.toBe("");
      const tooMany = await failureOf(client().list({ pageSize: 1_001 }));
      expect(tooMany.violations).toMatchObject([{ field: "pageSize", rule: "int32.gte_lte" }]);
    });

    test("refuses a page token that it did not give", async () => {
      const refused = await failureOf(client().list({ pageToken: "not-ours" }));
      expect(refused.code).toBe("invalid-argument");
    });
  });
}
