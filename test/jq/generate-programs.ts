import * as fc from "fast-check";
import type { JqValue } from "../../src/jq/values/value.ts";

/** Keys that JavaScript keeps in their order, and that the language is sometimes careless with. */
const keys = ["a", "b", "c", "é", "__proto__", "constructor", "x y"] as const;

const texts = fc.constantFrom(
  "",
  "a",
  "b",
  "ab",
  "a,b",
  "abcabc",
  "é😀",
  " A b ",
  "1",
  "-2.5",
  "true",
  "a\nb",
);
const numbers = fc.oneof(
  fc.integer({ min: -5, max: 12 }),
  // Small, since real jq has no limits: `[range(.)]`.
  fc.constantFrom(0.5, -1.5, 2.75, 1000, 123.456, 256),
);

/** JSON as a program may get it. */
export const jqValues: fc.Arbitrary<JqValue> = fc.letrec<{ value: JqValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    fc.constantFrom(null, true, false),
    numbers,
    texts,
    fc.array(tie("value"), { maxLength: 4, depthIdentifier: "value" }),
    objectsOf(tie("value")),
  ),
})).value;

/** Made from JSON, so that `__proto__` is a key. */
function objectsOf(values: fc.Arbitrary<JqValue>): fc.Arbitrary<JqValue> {
  const entry = fc.tuple(fc.constantFrom(...keys), values);
  return fc.array(entry, { maxLength: 4, depthIdentifier: "value" }).map((entries) => {
    const fields = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${fields.join(",")}}`) as JqValue;
  });
}

const literals = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "1",
    "2",
    "-1",
    "0.5",
    '"a"',
    '"b"',
    '","',
    "[1,2]",
  ),
);

const paths = fc.constantFrom(
  ".",
  ".a",
  ".b",
  '."x y"',
  '.["__proto__"]',
  ".[0]",
  ".[-1]",
  ".[1:]",
  ".[:-1]",
  ".[]",
  ".[]?",
  ".a?",
  ".a.b",
  ".a[0]",
  "..",
  ".a[]?",
  '.["é"]',
  "first",
  "last",
  ".c",
  ".[1:2]",
  ".constructor",
);

const plain = oneWordOf(`
  length keys type not add sort unique reverse tostring tojson to_entries flatten min max any all
  floor paths ascii_downcase ascii_upcase explode trim tonumber empty error values scalars transpose
  tostream abs @json @text @csv @tsv @html @uri @sh @base64 fromjson utf8bytelength keys_unsorted
  recurse isempty(.[]?) implode objects arrays strings numbers sqrt round ceil fabs toboolean ltrim
  infinite combinations
`);

const ofOne = oneWordOf(`
  map map_values select sort_by group_by unique_by min_by max_by first last with_entries any all has
  contains inside index rindex indices split join startswith endswith ltrimstr rtrimstr walk add
  flatten getpath error in range isempty to_entries|map bsearch IN INDEX test [limit(3;recurse)]|map
`);

const ofTwo = fc.constantFrom(
  ...`limit skip nth setpath range any all sub gsub IN INDEX`.split(/\s+/),
);
const operators = fc.constantFrom(...`+ - * / % == != < <= > >= and or // , |`.split(/\s+/));
const updates = fc.constantFrom("=", "|=", "+=", "-=", "*=", "//=", "/=");

/** Updates that are made in place, and some that only look so. */
const accumulated = fc.constantFrom(
  ". + [$x]",
  ". + $x",
  ".a += [$x]",
  ".a += $x",
  ".[$x | tostring] += 1",
  ".[$x | tostring] = $x",
  ". + {a: $x} | .b[0] = $x | .b += [1]",
  "if length > 3 then . else .c[$x | length] = $x end",
  ".[0] += [$x] | .[0] += [2]",
  ". + [.]",
  ".a = . | .a.b = $x",
  ".[$x | length] //= $x | .[0][1] = [$x]",
  ".a.b *= 2 | .a = $x | .a.c = 1",
);

/**
 * Programs that only choose from their input. Others can be a path for jq by chance: it goes by
 * where a value lies in memory.
 */
const choices: fc.Arbitrary<string> = fc.letrec<{ choice: string }>((tie) => {
  const pair = fc.tuple(tie("choice"), tie("choice"));
  return {
    choice: fc.oneof(
      { maxDepth: 2, depthIdentifier: "choice" },
      { arbitrary: paths, weight: 4 },
      pair.map(([f, g]) => `(${f}, ${g})`),
      pair.map(([f, g]) => `(${f} | ${g})`),
      pair.map(([f, g]) => `(${f} | select(${g}))`),
      pair.map(([f, g]) => `if ${f} then ${g} else . end`),
      tie("choice").map((f) => `first(${f})`),
      tie("choice").map((f) => `limit(2; ${f})`),
      tie("choice").map((f) => `(${f})?`),
      pair.map(([f, g]) => `(${f} // ${g})`),
      fc.constantFrom('getpath(["a", "b"])', "getpath([0])", "recurse", "empty", "recurse(.[]?)"),
    ),
  };
}).choice;

/** Programs that mean something often enough. */
const bare: fc.Arbitrary<string> = fc.letrec<{ program: string }>((tie) => {
  const inner = tie("program");
  const pair = fc.tuple(inner, inner);
  const triple = fc.tuple(inner, inner, inner);
  return {
    program: fc.oneof(
      { maxDepth: 3, depthIdentifier: "program", withCrossShrink: true },
      { arbitrary: paths, weight: 3 },
      { arbitrary: literals, weight: 2 },
      { arbitrary: plain, weight: 3 },
      { arbitrary: fc.tuple(ofOne, inner).map(([name, f]) => `${name}(${f})`), weight: 3 },
      fc.tuple(ofTwo, inner, inner).map(([name, f, g]) => `${name}(${f}; ${g})`),
      {
        arbitrary: fc.tuple(operators, inner, inner).map(([op, f, g]) => `(${f}) ${op} (${g})`),
        weight: 4,
      },
      { arbitrary: pair.map(([f, g]) => `${f} | ${g}`).map((text) => `(${text})`), weight: 3 },
      fc.tuple(updates, paths, inner).map(([op, f, g]) => `(${f} ${op} (${g}))`),
      fc
        .tuple(fc.constantFrom("path", "del", "pick"), choices)
        .map(([name, f]) => `[${name}(${f})]`),
      fc.tuple(updates, choices, inner).map(([op, f, g]) => `((${f}) ${op} (${g}))`),
      inner.map((f) => `[${f}]`),
      // jq has a negative zero of a number it computed, and none of one it read.
      inner.map((f) => `(-(${f}) + 0)`),
      inner.map((f) => `(${f})?`),
      // Messages are not the same in all versions.
      inner.map((f) => `(try (${f}) catch type)`),
      pair.map(([f, g]) => `{a: (${f}), b: (${g})}`),
      pair.map(([f, g]) => `{(${f} | tostring): (${g})}`),
      pair.map(([f, g]) => `"<\\(${f})|\\(${g})>"`),
      triple.map(([f, g, h]) => `if ${f} then ${g} else ${h} end`),
      pair.map(([f, g]) => `(${f}) as $x | (${g} | [$x, .])`).map((text) => `(${text})`),
      pair.map(([f, g]) => `((${f}) as [$x, $y] | ${g} | [$x, $y, .])`),
      pair.map(([f, g]) => `[(${f}) as {a: $x, $b} ?// [$x] | ${g} | [$x, $b]]`),
      pair.map(([f, g]) => `reduce (${f}) as $x (0; ${g} | [., $x] | tojson | .[0:20])`),
      fc
        .tuple(inner, accumulated, inner)
        .map(([f, update, g]) => `[(reduce (${f}) as $x (first(${g}); ${update})), .]`),
      triple.map(([f, g, h]) => `[limit(6; foreach (${f}) as $x (${g}; [., $x]; ${h}))]`),
      triple
        .map(([f, g, h]) => `def f(g; $v): g | [., $v]; ${f} | f(${g}; ${h})`)
        .map((text) => `(${text})`),
      pair.map(([f, g]) => `[label $out | (${f}) | if ${g} then ., break $out else . end]`),
      pair.map(([f, g]) => `(${f})[${g}]`),
      triple.map(([f, g, h]) => `(${f})[${g}:${h}]`),
      choices.map((f) => `[path(${f})]`),
    ),
  };
}).program;

/** Half of them are applied to every part of the input, each error caught, so that much succeeds. */
export const jqPrograms: fc.Arbitrary<string> = fc.oneof(
  bare,
  bare.map((program) => `[.. | [try (${program}) catch "failed"]]`),
);

function oneWordOf(words: string): fc.Arbitrary<string> {
  return fc.constantFrom(...words.trim().split(/\s+/));
}
