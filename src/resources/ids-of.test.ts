import { expect, test } from "bun:test";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf, kindOfId, kinds } from "../contract/kinds.ts";
import { idsOf } from "./ids-of.ts";

test("ids made in one millisecond sort in the order in which they were made", () => {
  const newId = idsOf(kindOf(ApiResourceKind.AGENT_EXECUTION));
  const ids = Array.from({ length: 500 }, () => newId(1_700_000_000_000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(500);
});

test.each(kinds.map((kind) => [kind.info.name, kind] as const))(
  "the kind of an id of kind %s is known by its prefix",
  (_, kind) => {
    expect(kindOfId(idsOf(kind)(Date.now()))).toBe(kind);
  },
);
