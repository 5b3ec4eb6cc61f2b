import { expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import type { Json } from "../src/contract/json.ts";
import { readWorkflow } from "../src/workflow/read-workflow.ts";
import { workflowDefinitions } from "./support/workflow-definitions.ts";

setDefaultTimeout(60_000);

type Container = Json[] | Record<string, Json>;

/** What may happen to a member that somebody writes. */
const mutations = {
  drop: (parent: Container, key: string) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  rename: (parent: Container, key: string) => {
    if (Array.isArray(parent)) return;
    const value = parent[key] ?? null;
    delete parent[key];
    parent[`${key}x`] = value;
  },
  retype: (parent: Container, key: string, value: Json) => {
    (parent as Record<string, Json>)[key] = value;
  },
  add: (parent: Container, _key: string, value: Json) => {
    if (Array.isArray(parent)) parent.push(value);
    else parent["unheard-of"] = value;
  },
} as const;

const values = fc.constantFrom<Json[]>(null, true, 7, -1, "", "${", "${ .", "then", [], {}, [[]]);

test("a definition of every construct is read without a finding", () => {
  fc.assert(
    fc.property(workflowDefinitions, (definition) => {
      const { findings } = readWorkflow(definition);
      expect(findings.filter(({ rule }) => rule !== "unreachable")).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("whatever happens to a member, it is a definition or there is a finding, and soon", () => {
  const kinds = fc.constantFrom(...Object.values(mutations));
  fc.assert(
    fc.property(workflowDefinitions, kinds, values, fc.nat(), (definition, mutate, value, at) => {
      const changed = structuredClone(definition) as Record<string, Json>;
      const places = [...placesIn(changed)];
      const [parent, key] = places[at % places.length]!;
      mutate(parent, key, value);
      const startedAt = performance.now();
      const { definition: read, findings } = readWorkflow(changed);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      const errors = findings.filter(({ severity }) => severity === "error");
      expect(read === undefined).toBe(errors.length > 0);
      for (const { pointer } of errors) expect(pointsInto(changed, pointer)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

function* placesIn(value: Json): Generator<[Container, string]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield [value as Container, key];
    yield* placesIn(member);
  }
}

/** Every finding is about something that is written there. */
function pointsInto(document: Json, pointer: string): boolean {
  let at: Json | undefined = document;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, Json>)[name];
  }
  return true;
}
