import { bold, cyan, green, red } from "./colour.ts";
import { withoutControls } from "./display-width.ts";
import { type DiffLine, diffLines } from "./line-diff.ts";
import type { TextStyle } from "./output.ts";

/** Two texts, and what they are called in the head of their diff. */
export interface Compared {
  readonly oldName: string;
  readonly newName: string;
  readonly old: string;
  readonly next: string;
}

/** Lines around a change. */
const contextLines = 3;

/** The differences in the unified format of diff(1); empty when there are none. */
export function unifiedDiff({ oldName, newName, old, next }: Compared, style: TextStyle): string {
  const all = diffLines(linesOf(old), linesOf(next));
  const hunks = hunksOf(all);
  if (hunks.length === 0) return "";
  const head = [bold(`--- ${oldName}`, style), bold(`+++ ${newName}`, style)];
  const body = hunks.flatMap(([from, to]) => [
    cyan(range(all, from, to), style),
    ...all.slice(from, to).map((line) => shown(line, style)),
  ]);
  return [...head, ...body].map((line) => `${line}\n`).join("");
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Changes with the lines around them, those that touch joined: first line and the one behind it. */
function hunksOf(lines: readonly DiffLine[]): [number, number][] {
  const hunks: [number, number][] = [];
  for (const [index, { kind }] of lines.entries()) {
    if (kind === "same") continue;
    const to = Math.min(lines.length, index + 1 + contextLines);
    const last = hunks.at(-1);
    if (last && index - contextLines <= last[1]) last[1] = to;
    else hunks.push([Math.max(0, index - contextLines), to]);
  }
  return hunks;
}

function range(lines: readonly DiffLine[], from: number, to: number): string {
  const span = (other: "old" | "new"): string => {
    const count = (part: readonly DiffLine[]): number =>
      part.filter(({ kind }) => kind !== other).length;
    const length = count(lines.slice(from, to));
    return `${count(lines.slice(0, from)) + (length === 0 ? 0 : 1)},${length}`;
  };
  return `@@ -${span("new")} +${span("old")} @@`;
}

function shown({ kind, text }: DiffLine, style: TextStyle): string {
  const safe = style.terminal ? withoutControls(text) : text;
  if (kind === "same") return ` ${safe}`;
  return kind === "old" ? red(`-${safe}`, style) : green(`+${safe}`, style);
}
