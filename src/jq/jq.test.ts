import { describe, expect, test } from "bun:test";
import { JqError, JqLimitError, JqSyntaxError } from "./errors.ts";
import { compileJq } from "./jq.ts";
import type { JqLimits } from "./meter.ts";
import type { JqValue } from "./values/value.ts";

function run(program: string, input: JqValue = null, limits: JqLimits = {}): JqValue[] {
  return compileJq(program).evaluate(input, { limits });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

function limitOf(program: string, input: JqValue = null, limits: JqLimits = {}): string {
  const thrown = thrownBy(() => run(program, input, limits));
  return thrown instanceof JqLimitError ? thrown.limit : String(thrown);
}

describe("a program that is wrong is refused with its place:", () => {
  test.each([
    { program: ".a |", line: 1, column: 5, says: "expected an expression, found the end" },
    { program: "[1,\n 2", line: 2, column: 3, says: "expected ]" },
    { program: ".a\n| lenght", line: 2, column: 3, says: "did you mean length?" },
    { program: "$contxt", line: 1, column: 1, says: "did you mean $context?" },
    { program: "map(.a; .b)", line: 1, column: 1, says: "map takes 1 arguments" },
    { program: '"a\\qb"', line: 1, column: 3, says: "is no escape" },
    { program: "break $out", line: 1, column: 7, says: "no label $out" },
    { program: "@base46", line: 1, column: 1, says: "@base46 is no format" },
    { program: 'import "a" as a; .', line: 1, column: 1, says: "modules are not supported" },
    { program: "1 == 2 == 3", line: 1, column: 8, says: "need parentheses" },
    { program: "(".repeat(100_000), line: 1, column: 1, says: "nested too deeply" },
  ])("$says", ({ program, line, column, says }) => {
    const thrown = thrownBy(() => compileJq(program, { variables: ["context"] }));
    expect(thrown).toBeInstanceOf(JqSyntaxError);
    expect(thrown).toMatchObject({ line, column });
    expect(String(thrown)).toContain(says);
  });
});

describe("what is given to a program", () => {
  test("is used by reference and never changed", () => {
    const context = { items: [1, 2] };
    const program = compileJq("$context, ($context | .items[0] = 9)", { variables: ["context"] });
    const [same, changed] = program.evaluate(null, { variables: { context } });
    expect(same).toBe(context);
    expect([changed, context]).toEqual([{ items: [9, 2] }, { items: [1, 2] }]);
  });

  test("is the time, which is an error where none is given", () => {
    expect(compileJq("now").evaluate(null, { now: () => 1500 })).toEqual([1.5]);
    expect(() => run("now")).toThrow(JqError);
  });

  test("is the environment, which is empty by default", () => {
    expect(compileJq("env.A, $ENV.A").evaluate(null, { env: { A: "b" } })).toEqual(["b", "b"]);
    expect(run("env")).toEqual([{}]);
  });
});

describe("an error", () => {
  test("keeps the value it was raised with", () => {
    const thrown = thrownBy(() => run("error({code: 7})"));
    expect(thrown).toMatchObject({ name: "JqError", value: { code: 7 } });
  });

  test("behind a try is not its own", () => {
    expect(() => run('try 1 catch "caught" | error("behind")')).toThrow("behind");
  });

  test("of halt_error passes every try", () => {
    expect(() => run('try ("end" | halt_error) catch "caught"')).toThrow("end");
    expect(run("1, halt, 2")).toEqual([1]);
  });
});

describe("a program that does not end is stopped by its", () => {
  test.each([
    { program: "[range(infinite)] | length", limit: "steps" },
    { program: "def f: f; f", limit: "steps" },
    { program: "last(repeat(1))", limit: "steps" },
    { program: "[recurse(.)] | length", limit: "steps" },
    { program: "try (def f: f; f) catch 1", limit: "steps" },
    { program: "until(false; . + 1)", limit: "steps" },
    { program: 'reduce range(60) as $_ ("x"; . + .) | length', limit: "memory" },
    { program: "reduce range(60) as $_ ([1]; [., .]) | tojson", limit: "steps" },
    { program: "reduce range(60) as $_ ([1]; [., .]) | flatten", limit: "steps" },
    { program: "reduce range(60) as $_ ([1]; [., .]) | [..] | length", limit: "steps" },
    { program: "[range(60)] | map([0, 1]) | [combinations] | length", limit: "memory" },
    { program: "range(infinite)", limit: "outputs" },
    { program: "def f: [f]; f", limit: "depth" },
    { program: "reduce range(1000000) as $_ (null; [.]) | tojson", limit: "depth" },
  ])("$limit: $program", ({ program, limit }) => {
    const limits = { steps: 3_000_000, memory: 100_000_000, outputs: 10_000 };
    expect(limitOf(program, null, limits)).toBe(limit);
  });

  test("steps, counted also in comparisons of values that share parts", () => {
    const doubled = "reduce range(60) as $_ ([1]; [., .])";
    expect(limitOf(`(${doubled}) == (${doubled})`, null, { steps: 100_000 })).toBe("steps");
  });
});

describe("a loop written as a recursion runs in constant stack:", () => {
  test.each([
    ["def f: if . >= 300000 then . else . + 1 | f end; 0 | f", 300_000],
    ["0 | until(. >= 300000; . + 1)", 300_000],
    ["last(0 | while(. < 300000; . + 1))", 299_999],
    ["def f($n): if $n == 0 then . else . + $n | f($n - 1) end; 0 | f(100000)", 5_000_050_000],
    ["def loop(c; u): if c then u | loop(c; u) else . end; 0 | loop(. < 200000; . + 1)", 200_000],
  ])("%s", (program, result) => expect(run(program)).toEqual([result]));
});

test("first and limit ask for no more than they need", () => {
  expect(run("first(range(infinite))", null, { steps: 100 })).toEqual([0]);
  expect(run('[limit(2; 1, 2, error("more"))]')).toEqual([[1, 2]]);
  expect(run("isempty(repeat(1))", null, { steps: 100 })).toEqual([false]);
});

test("forEach stops when it is told to", () => {
  const seen: JqValue[] = [];
  compileJq("range(infinite)").forEach(null, (value) => seen.push(value) === 3);
  expect(seen).toEqual([0, 1, 2]);
});

describe("keys of objects that mean something to JavaScript are keys like any other:", () => {
  const input = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as JqValue;
  test.each([
    [".__proto__", ['{"polluted":true}']],
    [".toString, .hasOwnProperty", ["null", "null"]],
    ['has("__proto__"), has("toString")', ["true", "false"]],
    ['.["__proto__"].polluted = 1 | .__proto__', ['{"polluted":1}']],
    ["to_entries | from_entries | keys", ['["__proto__","constructor"]']],
    ["{} * . | keys", ['["__proto__","constructor"]']],
    ["del(.__proto__) | keys", ['["constructor"]']],
    ['"\\(.)" | fromjson | keys', ['["__proto__","constructor"]']],
    ['{} | setpath(["__proto__", "polluted"]; true) | keys', ['["__proto__"]']],
  ])("%s", (program, outputs) => {
    expect(run(program, input).map((value) => JSON.stringify(value))).toEqual(outputs);
    expect("polluted" in {}).toBe(false);
  });
});

test("keys keep their order", () => {
  expect(run('{b: 1, a: 2} + {"9z": 3} | keys_unsorted')).toEqual([["b", "a", "9z"]]);
});

test("numbers are doubles", () => {
  expect(run("9007199254740993 | tojson")).toEqual(["9007199254740992"]);
  expect(run("have_decnum")).toEqual([false]);
});

test("every built-in function has its sentence, and those written in jq compile", async () => {
  const { builtins } = await import("./builtins/all-builtins.ts");
  for (const { name, arity, signature, doc } of builtins) {
    expect(doc).toMatch(/^[^\n]{3,}[.?]$/);
    const args = Array.from({ length: arity }, () => ".").join("; ");
    expect(() => compileJq(arity === 0 ? name : `${name}(${args})`)).not.toThrow();
    expect(signature.startsWith(name)).toBe(true);
  }
});

describe("a reduce that builds something", () => {
  test.each([
    ["reduce range(200000) as $x ([]; . + [$x]) | length", 200_000],
    ["reduce range(100000) as $x ({}; .[$x | tostring] += 1) | length", 100_000],
    ["reduce range(100000) as $x ({}; .a[$x % 10] += [$x]) | .a | map(length) | add", 100_000],
  ])("takes steps in proportion to its size: %s", (program, result) => {
    expect(run(program, null, { steps: 2_000_000 })).toEqual([result]);
  });

  test("changes nothing that others hold", () => {
    const input = { list: [1], inner: { list: [2] } };
    const before = structuredClone(input);
    expect(
      run("reduce (1, 2) as $x (.; .list += [$x] | .inner.list[0] = $x) | .list", input),
    ).toEqual([[1, 1, 2]]);
    expect(run("[1] as $s | reduce (1, 2) as $x ([]; . + [$s] | .[0] += [$x]) | ., $s")).toEqual([
      [[1, 1, 2], [1]],
      [1],
    ]);
    expect(input).toEqual(before);
  });
});
