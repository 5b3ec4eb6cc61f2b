/** What is put in order, by numbers: `dependenciesOf(2)` are those that must come before 2. */
export interface Dependencies {
  readonly count: number;
  readonly dependenciesOf: (index: number) => readonly number[];
}

/** An order in which everything comes behind what it depends on, or a circle that has none. */
export type DependencyOrder =
  | { readonly kind: "ordered"; readonly order: readonly number[] }
  /** Each depends on the next, the last on the first. */
  | { readonly kind: "cycle"; readonly cycle: readonly number[] };

/** Keeps the given order as far as dependencies allow. */
export function dependencyOrder({ count, dependenciesOf }: Dependencies): DependencyOrder {
  const done = new Set<number>();
  for (let start = 0; start < count; start++) {
    const cycle = done.has(start) ? undefined : finish(start, done, dependenciesOf);
    if (cycle) return { kind: "cycle", cycle };
  }
  return { kind: "ordered", order: [...done] };
}

/** Depth first, without recursion: a chain may be as long as the set. Returns a cycle it meets. */
function finish(
  start: number,
  done: Set<number>,
  dependenciesOf: Dependencies["dependenciesOf"],
): number[] | undefined {
  const path = [start];
  for (let top: number | undefined = start; top !== undefined; top = path.at(-1)) {
    const next = dependenciesOf(top).find((index) => !done.has(index));
    if (next === undefined) {
      done.add(top);
      path.pop();
      continue;
    }
    const seenAt = path.indexOf(next);
    if (seenAt >= 0) return path.slice(seenAt);
    path.push(next);
  }
  return undefined;
}
