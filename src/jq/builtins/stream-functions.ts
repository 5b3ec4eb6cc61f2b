import { JqError } from "../errors.ts";
import { type Filter, forEachValue, many } from "../engine/filter.ts";
import type { Meter } from "../meter.ts";
import { compareValues } from "../values/compare.ts";
import { mismatch } from "../values/describe.ts";
import type { JqValue } from "../values/value.ts";
import { type Builtin, definedFunction, filterFunction } from "./builtin.ts";

/** Functions about how many results there are, and in which order. */
export const streamFunctions: readonly Builtin[] = [
  definedFunction(
    "range(upto)",
    "The numbers from 0 up to, not including, the end.",
    "range(0; upto)",
  ),
  filterFunction("range(from; end)", "The numbers from one to another.", ([from, end]) =>
    many((input, path, env, out) =>
      forEachValue(from, input, env, (start) =>
        forEachValue(end, input, env, (stop) =>
          count(
            numberOf(start),
            numberOf(stop),
            1,
          )((value) => {
            env.run.meter.step();
            return out(value, path);
          }),
        ),
      ),
    ),
  ),
  filterFunction(
    "range(from; end; step)",
    "The numbers from one to another in steps.",
    ([from, end, by]) =>
      many((input, path, env, out) =>
        forEachValue(from, input, env, (start) =>
          forEachValue(end, input, env, (stop) =>
            forEachValue(by, input, env, (step) =>
              count(
                numberOf(start),
                numberOf(stop),
                numberOf(step),
              )((value) => {
                env.run.meter.step();
                return out(value, path);
              }),
            ),
          ),
        ),
      ),
  ),
  definedFunction(
    "while(condition; update)",
    "The input and its updates, as long as the condition holds.",
    "def w: if condition then ., (update | w) else empty end; w",
  ),
  definedFunction(
    "until(condition; update)",
    "The first update for which the condition holds.",
    "def u: if condition then . else (update | u) end; u",
  ),
  definedFunction("repeat(f)", "The results of `f`, again and again, for ever.", "def r: f, r; r"),
  filterFunction("limit(n; f)", "The first `n` results of `f`.", ([size, f]) =>
    many((input, path, env, out) =>
      forEachValue(size, input, env, (wanted) => {
        const most = countOf(wanted, "limit doesn't support negative count", env.run.meter);
        return most > 0 && limited(countable(f, wanted), most)(input, path, env, out);
      }),
    ),
  ),
  filterFunction("skip(n; f)", "The results of `f` without the first `n`.", ([size, f]) =>
    many((input, path, env, out) =>
      forEachValue(size, input, env, (wanted) => {
        let left = countOf(wanted, "skip doesn't support negative count", env.run.meter);
        return countable(f, wanted).run(input, path, env, (value, at) => {
          left -= 1;
          return left < 0 && out(value, at);
        });
      }),
    ),
  ),
  definedFunction("first", "The first element.", ".[0]"),
  definedFunction("last", "The last element.", ".[-1]"),
  definedFunction("nth(n)", "The element at an index.", ".[n]"),
  filterFunction("first(f)", "The first result of `f`, which is asked for no more.", ([f]) =>
    many((input, path, env, out) => limited(f, 1)(input, path, env, out)),
  ),
  filterFunction("last(f)", "The last result of `f`.", ([f]) => last(f)),
  definedFunction(
    "nth($n; f)",
    "The result of `f` behind `n` others.",
    `if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; f)) end`,
  ),
  definedFunction(
    "isempty(f)",
    "Has `f` no result?",
    "label $out | (f | false | ., break $out), true",
  ),
  definedFunction(
    "tostream",
    "Every leaf as `[path, value]`, and the end of every array and object as `[path]`.",
    "path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q])",
  ),
  definedFunction(
    "fromstream(f)",
    "The values that a stream of leaves and ends is made of.",
    `{x: null, e: false} as $init
     | foreach f as $i ($init;
         if .e then $init else . end
         | if $i | length == 2
           then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
           else setpath(["e"]; $i[0] | length == 1) end;
         if .e then .x else empty end)`,
  ),
  definedFunction(
    "truncate_stream(stream)",
    "A stream without so many keys, its input, at the beginning of each path.",
    ". as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end",
  ),
];

function numberOf(value: JqValue): number {
  if (typeof value === "number") return value;
  throw new JqError("Range bounds must be numeric");
}

function count(start: number, end: number, step: number) {
  return (take: (value: number) => boolean): boolean => {
    if (step === 0) return start < end && forever(start, take);
    for (let at = start; step > 0 ? at < end : at > end; at += step) {
      if (take(at)) return true;
    }
    return false;
  };
}

function forever(value: number, take: (value: number) => boolean): boolean {
  while (!take(value));
  return true;
}

/** What is no number counts by jq's order of all values: as less, or as more than can be counted. */
function countOf(value: JqValue, problem: string, meter: Meter): number {
  if (compareValues(value, 0, meter) < 0) throw new JqError(problem);
  return typeof value === "number" ? value : Infinity;
}

/** The first result of `f` is an error when the count is no number. */
function countable(f: Filter, wanted: JqValue): Filter {
  if (typeof wanted === "number") return f;
  return many((input, path, env) =>
    f.run(input, path, env, () => {
      throw mismatch(wanted, 1, "cannot be subtracted");
    }),
  );
}

function limited(f: Filter, most: number): Filter["run"] {
  return (input, path, env, out) => {
    let left = most;
    let stopped = false;
    const ended = f.run(input, path, env, (value, at) => {
      left -= 1;
      stopped = out(value, at);
      return stopped || left <= 0;
    });
    return ended && stopped;
  };
}

/** Keeps no paths, as in jq. */
function last(f: Filter): Filter {
  return many((input, path, env, out) => {
    let found: JqValue | undefined;
    f.run(input, undefined, env, (value) => {
      found = value;
      return false;
    });
    return found !== undefined && out(found, path);
  });
}
