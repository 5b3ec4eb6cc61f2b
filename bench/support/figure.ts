/** One line of the table that a benchmark prints. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms" | "MB" | "/s";
  readonly median: number;
  /** The smallest time or the highest rate: what is left when nothing else runs. */
  readonly best: number;
  readonly runs: number;
  readonly target?: Target;
}

/** What the project aims at. It is printed beside the figure and never asserted. */
export interface Target {
  readonly kind: "at most" | "at least";
  readonly value: number;
}

export interface Series {
  readonly name: string;
  readonly unit: Figure["unit"];
  readonly samples: readonly number[];
  readonly target?: Target;
}

export function figureOf({ name, unit, samples, target }: Series): Figure {
  const best = unit === "/s" ? Math.max(...samples) : Math.min(...samples);
  const figure = { name, unit, median: percentile(samples, 50), best, runs: samples.length };
  return target === undefined ? figure : { ...figure, target };
}

/** How much more one thing takes than another: between their medians, and between their bests. */
export function differenceOf(name: string, figure: Figure, baseline: Figure): Figure {
  const median = figure.median - baseline.median;
  return { ...figure, name, median, best: figure.best - baseline.best };
}

/** @param rank 0 to 100 */
export function percentile(samples: readonly number[], rank: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const index = Math.min(sorted.length - 1, Math.floor((sorted.length * rank) / 100));
  return sorted[index] ?? Number.NaN;
}
