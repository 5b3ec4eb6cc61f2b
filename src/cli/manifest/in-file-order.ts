import type { ManifestProblem } from "./manifest-problem.ts";

/** Mistakes as they stand in the files: by file, line and column. */
export function inFileOrder(
  problems: readonly ManifestProblem[],
  files: readonly string[],
): ManifestProblem[] {
  const numbers = new Map(files.map((file, index) => [file, index]));
  return problems
    .map((problem) => ({ problem, ...standingOf(problem, numbers) }))
    .toSorted(
      (one, other) => one.file - other.file || one.line - other.line || one.column - other.column,
    )
    .map(({ problem }) => problem);
}

interface Standing {
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

function standingOf({ at }: ManifestProblem, numbers: ReadonlyMap<string, number>): Standing {
  const {
    file = at,
    line,
    column,
  } = /^(?<file>.*):(?<line>\d+):(?<column>\d+)$/s.exec(at)?.groups ?? {};
  return {
    file: numbers.get(file) ?? numbers.size,
    line: Number(line ?? 0),
    column: Number(column ?? 0),
  };
}
