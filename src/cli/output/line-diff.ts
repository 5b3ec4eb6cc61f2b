/** A line of a diff: in both texts, only in the old one, only in the new one. */
export interface DiffLine {
  readonly kind: "same" | "old" | "new";
  readonly text: string;
}

/** Past this many differing lines all of them are shown as replaced: the search grows by its square. */
const maxEdits = 1_000;

/** The fewest lines to take out and put in, by Myers, An O(ND) Difference Algorithm (1986). */
export function diffLines(old: readonly string[], next: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  const most = Math.min(old.length, next.length) - start;
  while (end < most && old[old.length - 1 - end] === next[next.length - 1 - end]) end++;
  const [oldMiddle, nextMiddle] = [
    old.slice(start, old.length - end),
    next.slice(start, next.length - end),
  ];
  return [
    ...lines("same", old.slice(0, start)),
    ...(shortestEdit(oldMiddle, nextMiddle) ?? [
      ...lines("old", oldMiddle),
      ...lines("new", nextMiddle),
    ]),
    ...lines("same", old.slice(old.length - end)),
  ];
}

/** Undefined when the texts differ too much. Diagonals are `x - y`, x in the old text, y in the new. */
function shortestEdit(old: readonly string[], next: readonly string[]): DiffLine[] | undefined {
  let furthest = new Map<number, number>([[1, 0]]);
  const rounds: ReadonlyMap<number, number>[] = [];
  const last = Math.min(maxEdits, old.length + next.length);
  for (let edits = 0; edits <= last; edits++) {
    rounds.push(furthest);
    furthest = new Map(furthest);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(furthest, diagonal, edits);
      while (x < old.length && x - diagonal < next.length && old[x] === next[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= old.length && x - diagonal >= next.length) return walkBack(old, next, rounds);
    }
  }
  return undefined;
}

/** Where a round starts on a diagonal: below an insertion, or right of a deletion. */
function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isInsertion(furthest, diagonal, edits)
    ? (furthest.get(diagonal + 1) ?? 0)
    : (furthest.get(diagonal - 1) ?? 0) + 1;
}

function isInsertion(
  furthest: ReadonlyMap<number, number>,
  diagonal: number,
  edits: number,
): boolean {
  if (diagonal === -edits || diagonal === edits) return diagonal === -edits;
  return (furthest.get(diagonal - 1) ?? 0) < (furthest.get(diagonal + 1) ?? 0);
}

function walkBack(
  old: readonly string[],
  next: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): DiffLine[] {
  const found: DiffLine[] = [];
  let [x, y] = [old.length, next.length];
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const furthest = rounds[edits] ?? new Map<number, number>();
    const inserted = isInsertion(furthest, x - y, edits);
    const fromX = edits === 0 ? 0 : (furthest.get(x - y + (inserted ? 1 : -1)) ?? 0);
    const fromY = edits === 0 ? 0 : fromX - (x - y + (inserted ? 1 : -1));
    while (x > fromX && y > fromY) {
      found.push({ kind: "same", text: old[--x] ?? "" });
      y--;
    }
    if (edits > 0 && inserted) found.push({ kind: "new", text: next[--y] ?? "" });
    else if (edits > 0) found.push({ kind: "old", text: old[--x] ?? "" });
  }
  return found.toReversed();
}

function lines(kind: DiffLine["kind"], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}
