import { displayWidth, padToWidth } from "../../src/cli/output/display-width.ts";

/** Says to whoever opens the file where it comes from. */
export function generatedNotice(from: string): string {
  return `<!-- Made from ${from} by: bun run reference -->`;
}

/** A table that reads well as text, too. Cells may hold `|`. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = titles.map((_, index) =>
    Math.max(3, ...cells.map((row) => displayWidth(row[index] ?? ""))),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, index) => padToWidth(row[index] ?? "", width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  const [head = [], ...body] = cells;
  return [head, rule, ...body].map(line).join("\n");
}

export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** Blocks with a blank line between them; empty ones are left out. */
export function blocks(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
