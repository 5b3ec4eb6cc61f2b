import { bold } from "./colour.ts";
import { cutToWidth, displayWidth, padToWidth, withoutControls } from "./display-width.ts";
import type { Column, TextStyle } from "./output.ts";

const gap = "  ";
const narrowest = 8;
/** Columns are left out before a flexible one gets narrower than this. */
const comfortable = 14;
/** A name is cut to this before a column is left out: enough to tell it from others. */
const tellingName = 20;

/**
 * A table with a line of titles. On a terminal it is made to fit: spare columns are left out, then
 * the widest flexible columns are cut, then a long name in the first column, then the widest of all,
 * the first column last. Who asks for
 * `-o wide` wants to read ids: there only flexible columns are cut, and the table may be wider than
 * the terminal. In a pipe all is shown.
 */
export function renderTable<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  style: TextStyle,
): string {
  const all = columns.map((column) => layOut(column, items, style));
  const shown = style.width === undefined ? all : fit(all, style.width);
  const lines = [
    bold(renderLine(shown.map(({ column, width }) => ({ text: column.title, width }))), style),
    ...items.map((_, row) =>
      renderLine(shown.map(({ cells, width }) => ({ text: cells[row] ?? "", width }))),
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

interface Laid<T> {
  readonly column: Column<T>;
  readonly cells: readonly string[];
  readonly width: number;
}

function layOut<T>(column: Column<T>, items: readonly T[], style: TextStyle): Laid<T> {
  const cells = items.map((item) => oneLine(column.value(item, style)));
  return { column, cells, width: Math.max(...[column.title, ...cells].map(displayWidth)) };
}

function fit<T>(all: readonly Laid<T>[], width: number): Laid<T>[] {
  const shown = [...all];
  while (tableWidth(shown.map(leastWidth)) > width) {
    const last = shown.findLastIndex(({ column }) => column.spare);
    if (last < 0) break;
    shown.splice(last, 1);
  }
  const isFlexible = ({ column }: Laid<T>): boolean => column.flexible === true;
  if (shown.some(({ column }) => column.wide)) return shrink(shown, isFlexible, { width });
  const comfortably = shrink(shown, isFlexible, { width, least: comfortable });
  const named = withTellingName(comfortably, width);
  const flexible = shrink(named, isFlexible, { width });
  const allButFirst = shrink(flexible, (_, index) => index > 0, { width });
  return shrink(allButFirst, () => true, { width });
}

/** The first column cut as far as a name stays telling, where that makes the rest fit. */
function withTellingName<T>(shown: readonly Laid<T>[], width: number): readonly Laid<T>[] {
  if (tableWidth(shown.map(leastWidth)) > width) return shown;
  return shrink(shown, (_, index) => index === 0, { width, least: tellingName });
}

function leastWidth<T>({ column, width }: Laid<T>, index: number): number {
  if (column.flexible) return Math.min(width, comfortable);
  return index === 0 ? Math.min(width, tellingName) : width;
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1);
}

/** Takes a column at a time from the widest until the line fits. */
function shrink<T>(
  shown: readonly Laid<T>[],
  mayShrink: (laid: Laid<T>, index: number) => boolean,
  { width, least = narrowest }: { readonly width: number; readonly least?: number },
): Laid<T>[] {
  const fitting = shown.map((laid) => ({ ...laid }));
  const candidates = fitting.filter(mayShrink);
  const widths = fitting.map((laid) => laid.width);
  for (let excess = tableWidth(widths) - width; excess > 0; excess--) {
    const widest = candidates.toSorted((one, other) => other.width - one.width)[0];
    if (widest === undefined || widest.width <= least) break;
    widest.width--;
  }
  return fitting;
}

function renderLine(cells: readonly { readonly text: string; readonly width: number }[]): string {
  return cells
    .map(({ text, width }) => padToWidth(cutToWidth(text, width), width))
    .join(gap)
    .trimEnd();
}

/** Cells hold one line and nothing that moves the cursor, in a pipe too: a row is a line. */
function oneLine(text: string): string {
  return withoutControls(text.replace(/\s*[\r\n\t]+\s*/g, " ").trim());
}
