import { collect, type Filter, single } from "../engine/filter.ts";
import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { compareValues } from "../values/compare.ts";
import { describe, mismatch } from "../values/describe.ts";
import { isArray, type JqArray, type JqValue } from "../values/value.ts";
import { type Builtin, definedFunction, filterFunction, valueFunction } from "./builtin.ts";

export const orderFunctions: readonly Builtin[] = [
  valueFunction("sort", "The elements in order.", (input, _, { meter }) =>
    sorted(elementsOf(input, "sorted"), meter),
  ),
  filterFunction("sort_by(f)", "The elements in the order of what `f` makes of them.", ([f]) =>
    byKey(f, "sorted", (keyed) => keyed.map(({ value }) => value)),
  ),
  filterFunction("group_by(f)", "Arrays of the elements for which `f` is the same.", ([f]) =>
    byKey(f, "grouped", (keyed, meter) =>
      groups(keyed, meter).map((group) => group.map(({ value }) => value)),
    ),
  ),
  definedFunction("unique", "The elements in order, each once.", "unique_by(.)"),
  filterFunction("unique_by(f)", "The first element for each result of `f`.", ([f]) =>
    byKey(f, "grouped", (keyed, meter) =>
      groups(keyed, meter).map(([first]) => first?.value ?? null),
    ),
  ),
  definedFunction("min", "The least element; null when there is none.", "min_by(.)"),
  definedFunction("max", "The greatest element; null when there is none.", "max_by(.)"),
  filterFunction("min_by(f)", "The first element for which `f` is least.", ([f]) =>
    extreme(f, (difference) => difference < 0),
  ),
  filterFunction("max_by(f)", "The last element for which `f` is greatest.", ([f]) =>
    extreme(f, (difference) => difference >= 0),
  ),
  valueFunction(
    "bsearch(x)",
    "The index of `x` in a sorted array, or -1 - where it would have to go.",
    (input, [target = null], { meter }) => binarySearch(input, target, meter),
  ),
];

function sorted(elements: JqArray, meter: Meter): JqArray {
  meter.copy(elements.length);
  return elements.toSorted((one, other) => {
    meter.step();
    return compareValues(one, other, meter);
  });
}

interface Keyed {
  readonly key: JqValue;
  readonly value: JqValue;
}

/** The elements with what `f` makes of them, ordered by it. */
function byKey(
  f: Filter,
  action: string,
  finish: (keyed: readonly Keyed[], meter: Meter) => JqArray,
): Filter {
  return single((input, env) => {
    const { meter } = env.run;
    const elements = elementsOf(input, action);
    meter.copy(elements.length);
    const keyed = elements.map((value) => ({ key: collect(f, value, env), value }));
    return finish(
      keyed.toSorted((one, other) => compareValues(one.key, other.key, meter)),
      meter,
    );
  });
}

function groups(keyed: readonly Keyed[], meter: Meter): Keyed[][] {
  const found: Keyed[][] = [];
  for (const each of keyed) {
    const last = found.at(-1);
    const sample = last?.[0];
    if (last && sample && compareValues(sample.key, each.key, meter) === 0) last.push(each);
    else found.push([each]);
  }
  return found;
}

function extreme(f: Filter, isBetter: (difference: number) => boolean): Filter {
  return single((input, env) => {
    const { meter } = env.run;
    if (!isArray(input)) throw mismatch(input, input, "cannot be iterated over");
    let best: Keyed | undefined;
    for (const value of input) {
      meter.step();
      const key = collect(f, value, env);
      if (best && !isBetter(compareValues(key, best.key, meter))) continue;
      best = { key, value };
    }
    return best?.value ?? null;
  });
}

function binarySearch(input: JqValue, target: JqValue, meter: Meter): number {
  if (!isArray(input)) throw new JqError(`${describe(input)} cannot be searched from`);
  let [low, high] = [0, input.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const difference = compareValues(input[middle] ?? null, target, meter);
    if (difference === 0) return middle;
    if (difference < 0) low = middle + 1;
    else high = middle;
  }
  return -1 - low;
}

function elementsOf(value: JqValue, action: string): JqArray {
  if (isArray(value)) return value;
  throw new JqError(`${describe(value)} cannot be ${action}, as it is not an array`);
}
