import { bold } from "./colour.ts";
import { cutToWidth, displayWidth, padToWidth, withoutControls } from "./display-width.ts";
import type { Column, TextStyle } from "./output.ts";

const gap = "  ";
const narrowest = 8;
/** Columns are left out before a flexible one gets narrower than this. */
const comfortable = 14;

/**
 * A table with a line of titles. On a terminal it is made to fit: spare columns are left out, then
 * the widest flexible columns are cut. In a pipe all is shown.
 */
export function renderTable<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  style: TextStyle,
): string {
  if (isTooWide(columns, items, style)) {
    const last = columns.findLastIndex(({ spare }) => spare);
    if (last >= 0) return renderTable(columns.toSpliced(last, 1), items, style);
  }
  const rows = items.map((item) => columns.map(({ value }) => oneLine(value(item, style))));
  const wanted = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  const widths = style.width === undefined ? wanted : fit(columns, wanted, style.width);
  const titles = columns.map(({ title }) => title);
  return [titles, ...rows]
    .map((cells, index) => {
      const line = renderLine(cells, widths);
      return `${index === 0 ? bold(line, style) : line}\n`;
    })
    .join("");
}

function isTooWide<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  style: TextStyle,
): boolean {
  if (style.width === undefined) return false;
  const widths = columns.map(({ title, value, flexible }) => {
    const cells = items.map((item) => displayWidth(oneLine(value(item, style))));
    const wanted = Math.max(displayWidth(title), ...cells);
    return flexible ? Math.min(wanted, comfortable) : wanted;
  });
  return tableWidth(widths) > style.width;
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1);
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  const last = cells.length - 1;
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0;
      const cut = cutToWidth(cell, width);
      return index === last ? cut : padToWidth(cut, width);
    })
    .join(gap)
    .trimEnd();
}

/** Takes a column at a time from the widest flexible one until the line fits. */
function fit<T>(columns: readonly Column<T>[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  let excess = tableWidth(widths) - width;
  const flexible = columns.flatMap(({ flexible: isFlexible }, index) =>
    isFlexible ? [index] : [],
  );
  while (excess > 0) {
    const widest = flexible.reduce<number | undefined>(
      (best, index) =>
        best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best,
      undefined,
    );
    if (widest === undefined || (widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

/** Cells hold one line and nothing that moves the cursor, in a pipe too: a row is a line. */
function oneLine(text: string): string {
  return withoutControls(text.replace(/\s*[\r\n\t]+\s*/g, " ").trim());
}
