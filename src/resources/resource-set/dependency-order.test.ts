import { expect, test } from "bun:test";
import { dependencyOrder } from "./dependency-order.ts";

const orderOf = (dependencies: readonly (readonly number[])[]) =>
  dependencyOrder({
    count: dependencies.length,
    dependenciesOf: (index) => dependencies[index] ?? [],
  });

test("without dependencies the given order stays", () => {
  expect(orderOf([[], [], []])).toEqual({ kind: "ordered", order: [0, 1, 2] });
});

test("everything comes behind what it depends on", () => {
  expect(orderOf([[2, 1], [3], [3], []])).toEqual({ kind: "ordered", order: [3, 2, 1, 0] });
});

test("a circle is named by those in it alone", () => {
  expect(orderOf([[1], [2], [3], [1]])).toEqual({ kind: "cycle", cycle: [1, 2, 3] });
  expect(orderOf([[], [1]])).toEqual({ kind: "cycle", cycle: [1] });
});

test("a chain may be long", () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => (index < 4_999 ? [index + 1] : []));
  const found = orderOf(chain);
  expect(found.kind === "ordered" && found.order[0]).toBe(4_999);
});
