/**
 * What an expression costs: our evaluator, and jq 1.8.2 as WASM beside it. Prints microseconds per
 * call, the best of several rounds.
 */
import { loadJq } from "jq-wasm";
import { compileJq } from "../src/jq/jq.ts";
import type { JqValue } from "../src/jq/values/value.ts";

const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `row ${id}`, size: id % 97 }));
const context = { items: rows.slice(0, 100), big: rows };

const cases: readonly (readonly [program: string, input: JqValue])[] = [
  [".a + .b", { a: 1, b: 2 }],
  [".user.name", { user: { name: "Ada" } }],
  ['.status == "ready" and (.count > 3)', { status: "ready", count: 4 }],
  ['"Hello \\(.name)"', { name: "Ada" }],
  ["{id, total: (.price * .quantity)}", { id: "a", price: 2, quantity: 3 }],
  ["$context.items | map(.size) | add", null],
  ["$context.big | length", null],
  ["[.[] | select(.size > 50) | .id] | length", rows],
  ["reduce .[] as $row ({}; .[$row.name] = $row.size) | length", rows.slice(0, 500)],
  ['[.[].name | test("^row [0-9]+5$")] | length', rows.slice(0, 500)],
];

const real = await loadJq();
const roundMs = 200;

console.log(
  "µs per call".padEnd(62),
  "own".padStart(10),
  "compile".padStart(10),
  "jq-wasm".padStart(10),
);
for (const [program, input] of cases) {
  const compiled = compileJq(program, { variables: ["context"] });
  const own = bestOf(() => compiled.evaluate(input, { variables: { context } }));
  const compile = bestOf(() => compileJq(program, { variables: ["context"] }));
  const flags = ["-c", "--argjson", "context", JSON.stringify(context)];
  const wasm = bestOf(() => real.raw(JSON.stringify(input), program, flags));
  console.log(program.padEnd(62), cell(own), cell(compile), cell(wasm));
}

function bestOf(run: () => unknown): number {
  return Math.min(...Array.from({ length: 3 }, () => microsecondsOf(run)));
}

function microsecondsOf(run: () => unknown): number {
  const startedAt = performance.now();
  let calls = 0;
  while (performance.now() - startedAt < roundMs) {
    run();
    calls += 1;
  }
  return ((performance.now() - startedAt) * 1_000) / calls;
}

function cell(microseconds: number): string {
  return microseconds.toFixed(microseconds < 100 ? 2 : 0).padStart(10);
}
