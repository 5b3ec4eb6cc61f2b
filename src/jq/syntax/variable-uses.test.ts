import { expect, test } from "bun:test";
import { variableUses } from "./variable-uses.ts";

test.each<[string, string[]]>([
  ["$secrets.key", ["secrets.key"]],
  ['$secrets["a b"]', ["secrets.a b"]],
  ["$secrets[.name]", ["secrets"]],
  ['$secrets["a\\(.b)"]', ["secrets"]],
  ["$secrets.key.part?", ["secrets.key"]],
  ["$secrets | .key", ["secrets"]],
  ['"Bearer \\($secrets.token)"', ["secrets.token"]],
  ["{a: [$x, $y.z]}", ["x", "y.z"]],
  ["{$x}", ["x"]],
  ["reduce .[] as $n ($start.at; . + $n)", ["start.at", "n"]],
  ["def f($a): $a + $b; f($c)", ["a", "b", "c"]],
  ["if $a then .x else $b end", ["a", "b"]],
  ["try $a catch $b", ["a", "b"]],
  ['.a // "no $x"', []],
])("%s uses its variables", (program, expected) => {
  const uses = variableUses(program).map(({ name, member }) =>
    member === undefined ? name : `${name}.${member}`,
  );
  expect(uses.toSorted()).toEqual(expected.toSorted());
});
