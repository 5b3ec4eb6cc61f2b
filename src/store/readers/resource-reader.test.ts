import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Store } from "../store.ts";
import { agentKind, errorOf, newAgent, sessionKind } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { ListQuery } from "./resource-reader.ts";

function idsOf(store: Store, query: ListQuery): string[] {
  return store.read
    .list(query)
    .items.map((item) => (item.kind === "intact" ? item.row.id : `corrupt ${item.id}`));
}

test("a list is newest first over several kinds, and filters by org, phase, parent and time", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("a", { createdAt: 1, phase: 2 }));
  await store.write("createResource", newAgent("b", { createdAt: 3, org: "other" }));
  const child = { kind: sessionKind, createdAt: 2, phase: 2, parentId: "a" };
  await store.write("createResource", newAgent("c", child));
  const both = { kinds: [agentKind, sessionKind], pageSize: 10 };
  expect(idsOf(store, both)).toEqual(["b", "c", "a"]);
  expect(idsOf(store, { ...both, kinds: [agentKind] })).toEqual(["b", "a"]);
  expect(idsOf(store, { ...both, org: "local" })).toEqual(["c", "a"]);
  expect(idsOf(store, { ...both, phases: [1, 2] })).toEqual(["c", "a"]);
  expect(idsOf(store, { ...both, parentId: "a" })).toEqual(["c"]);
  expect(idsOf(store, { ...both, createdAfter: 1, createdBefore: 3 })).toEqual(["c"]);
  expect(idsOf(store, { ...both, kinds: [] })).toEqual([]);
});

test("a page token that no list gave out is refused", async () => {
  await using temporary = await TemporaryStore.open();
  const { read } = temporary.store;
  for (const cursor of ["", "x", "e30", Buffer.from("[1]").toString("base64url")]) {
    const error = errorOf(() => read.list({ kinds: [agentKind], pageSize: 1, cursor }));
    expect(error.code).toBe("invalid-argument");
  }
});

test("a selector that cannot be read is refused, naming the part", async () => {
  await using temporary = await TemporaryStore.open();
  const { read } = temporary.store;
  for (const labelSelector of ["a=b,,c", "=b", "!a=b", "a b", "a=b=c", "!"]) {
    const error = errorOf(() => read.count({ kinds: [agentKind], labelSelector }));
    expect(error.code).toBe("invalid-argument");
  }
});

const labelKeys = ["a", "b", "c"] as const;
const labelValues = ["", "x", "y"] as const;
const labels = fc.dictionary(fc.constantFrom(...labelKeys), fc.constantFrom(...labelValues));
const requirement = fc.record({
  key: fc.constantFrom(...labelKeys),
  operator: fc.constantFrom("=", "==", "!=", "exists", "missing"),
  value: fc.constantFrom(...labelValues),
});
type Requirement = typeof requirement extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({ key, operator, value }: Requirement): string {
  if (operator === "exists") return key;
  return operator === "missing" ? `!${key}` : `${key} ${operator} ${value}`;
}

function holds(has: Record<string, string>, { key, operator, value }: Requirement): boolean {
  const found = Object.hasOwn(has, key) ? has[key] : undefined;
  if (operator === "exists") return found !== undefined;
  if (operator === "missing") return found === undefined;
  return operator === "!=" ? found !== value : found === value;
}

test("a label selector selects what a model selects", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const all = fc.sample(labels, { numRuns: 60, seed: 7 });
  await Promise.all(
    all.map((has, index) =>
      store.write("createResource", newAgent(`a-${index}`, { createdAt: index, labels: has })),
    ),
  );
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), (requirements) => {
      const labelSelector = requirements.map(textOf).join(" , ");
      const expected = all
        .flatMap((has, index) => (requirements.every((one) => holds(has, one)) ? [index] : []))
        .toReversed()
        .map((index) => `a-${index}`);
      const filter = { kinds: [agentKind], labelSelector };
      expect(idsOf(store, { ...filter, pageSize: 100 })).toEqual(expected);
      expect(store.read.count(filter)).toBe(expected.length);
    }),
    { numRuns: 300 },
  );
});

const step = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), createdAt: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant("delete" as const), index: fc.nat(200) }),
  fc.record({ kind: fc.constant("update" as const), index: fc.nat(200) }),
  fc.record({ kind: fc.constant("page" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The ids of all pages of a list, read one page at a time. */
function* pagesOf(store: Store, query: ListQuery): Generator<string[], void> {
  for (let cursor: string | undefined; ;) {
    const at = cursor === undefined ? query : { ...query, cursor };
    const page = store.read.list(at);
    expect(page.items.length).toBeLessThanOrEqual(query.pageSize);
    yield idsOf(store, at);
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
}

/** The agents of one org and what a model knows of them. */
class ListedOrg {
  private readonly ever: string[] = [];
  /** Creation times of what was there from the start and is still there. */
  readonly staying = new Map<string, number>();

  constructor(
    private readonly store: Store,
    readonly org: string,
  ) {}

  async create(createdAt: number): Promise<string> {
    const id = `${this.org}-${String(this.ever.length).padStart(4, "0")}`;
    this.ever.push(id);
    await this.store.write("createResource", newAgent(id, { org: this.org, createdAt }));
    return id;
  }

  async apply(change: Exclude<Step, { kind: "page" }>): Promise<void> {
    if (change.kind === "create") {
      await this.create(change.createdAt);
      return;
    }
    const id = this.ever[change.index % this.ever.length];
    if (id === undefined || this.store.read.get(agentKind, id) === undefined) return;
    if (change.kind === "update") {
      await this.store.write("updateResource", { id, updatedAt: 9, name: "renamed" });
    } else {
      this.staying.delete(id);
      await this.store.write("deleteResource", { id, definitionKinds: [] });
    }
  }

  newestFirst(): string[] {
    return [...this.staying]
      .toSorted(([a, atA], [b, atB]) => atB - atA || (a < b ? 1 : -1))
      .map(([id]) => id);
  }
}

test("pages show everything that stays exactly once and in order, whatever is written meanwhile", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }),
      fc.array(step, { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      async (initial, steps, pageSize) => {
        const listed = new ListedOrg(store, `org-${run++}`);
        for (const at of initial) listed.staying.set(await listed.create(at), at);
        const pages = pagesOf(store, { kinds: [agentKind], org: listed.org, pageSize });
        const seen: string[] = [];
        for (const one of steps) {
          if (one.kind === "page") seen.push(...(pages.next().value ?? []));
          else await listed.apply(one);
        }
        for (const page of pages) seen.push(...page);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => listed.staying.has(id))).toEqual(listed.newestFirst());
      },
    ),
    { numRuns: 60 },
  );
});
