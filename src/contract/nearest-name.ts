/**
 * The candidate a mistyped `name` most likely meant, for "did you mean …?".
 *
 * Compares without regard to case by optimal string alignment distance (insert, delete, replace,
 * swap of neighbours). A third of the name's length may differ, at least one character; nothing
 * nearer gives `undefined`. Of equally near candidates the first wins.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const typed = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const row = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = from[line - 1] === to[column - 1] ? 0 : 1;
      const swapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      row.push(
        Math.min(
          cell(last, column) + 1,
          cell(row, column - 1) + 1,
          cell(last, column - 1) + replaced,
          swapped ? cell(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return cell(last, to.length);
}

/** A cell outside the table is never the way to the least cost. */
function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
