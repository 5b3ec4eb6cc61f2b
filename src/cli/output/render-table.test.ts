import { describe, expect, test } from "bun:test";
import { displayWidth } from "./display-width.ts";
import type { Column, TextStyle } from "./output.ts";
import { renderTable } from "./render-table.ts";

interface Row {
  readonly name: string;
  readonly text: string;
}

const columns: readonly Column<Row>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "TEXT", value: ({ text }) => text, flexible: true },
];

const pipe: TextStyle = { colour: false, width: undefined, terminal: false, now: new Date(0) };

function lines(rows: readonly Row[], style: TextStyle): string[] {
  return renderTable(columns, rows, style).trimEnd().split("\n");
}

describe("a table", () => {
  test("has its columns under their titles", () => {
    const rows = [
      { name: "a", text: "x" },
      { name: "long-name", text: "y" },
    ];
    expect(lines(rows, pipe)).toEqual(["NAME       TEXT", "a          x", "long-name  y"]);
  });

  test("counts wide characters as two columns", () => {
    const rows = [
      { name: "日本", text: "x" },
      { name: "abcd", text: "y" },
    ];
    const [, first, second] = lines(rows, pipe);
    expect(displayWidth(first!)).toBe(displayWidth(second!));
  });

  test("cuts what is flexible to the width of a terminal", () => {
    const rows = [{ name: "a", text: "long text ".repeat(20) }];
    const shown = lines(rows, { ...pipe, width: 40, terminal: true });
    expect(shown.map(displayWidth).every((width) => width <= 40)).toBe(true);
    expect(shown[1]).toEndWith("…");
  });

  test("leaves spare columns out where a terminal has no room for them", () => {
    const spared: readonly Column<Row>[] = [
      columns[0]!,
      { title: "AGE", value: () => "a while ago", spare: true },
      { title: "TOOK", value: () => "1s", spare: true },
      columns[1]!,
    ];
    const rows = [{ name: "a", text: "long text ".repeat(20) }];
    const titles = (width: number | undefined): string[] =>
      renderTable(spared, rows, { ...pipe, width })
        .split("\n")[0]!
        .split(/ +/);
    expect(titles(60)).toEqual(["NAME", "AGE", "TOOK", "TEXT"]);
    expect(titles(36)).toEqual(["NAME", "AGE", "TEXT"]);
    expect(titles(24)).toEqual(["NAME", "TEXT"]);
    expect(titles(undefined)).toEqual(["NAME", "AGE", "TOOK", "TEXT"]);
  });

  test("cuts a long name before it leaves a column out", () => {
    const listed: readonly Column<Row>[] = [
      columns[0]!,
      { title: "MODEL", value: () => "openai/gpt-5.1-codex", flexible: true },
      { title: "AGE", value: () => "3m ago", spare: true },
    ];
    const rows = [{ name: "n".repeat(63), text: "" }];
    for (const width of [60, 80]) {
      const [titles, row] = renderTable(listed, rows, { ...pipe, terminal: true, width }).split(
        "\n",
      );
      expect(titles!.split(/ +/)).toEqual(["NAME", "MODEL", "AGE"]);
      expect(row).toStartWith("n".repeat(19));
      expect(row).toEndWith("3m ago");
      expect(displayWidth(row!)).toBeLessThanOrEqual(width);
    }
  });

  test("cuts what is not flexible rather than the line, its first column last", () => {
    const rigid: readonly Column<Row>[] = [columns[0]!, { ...columns[1]!, flexible: false }];
    const long = { name: "n".repeat(63), text: "m".repeat(71) };
    const terminal = { ...pipe, terminal: true };
    for (const width of [60, 80, 200]) {
      const shown = renderTable(rigid, [long], { ...terminal, width }).split("\n")[1]!;
      expect(displayWidth(shown)).toBeLessThanOrEqual(width);
      expect(shown).toStartWith("n".repeat(Math.min(63, width - 11)));
    }
  });

  test("keeps names and ids of -o wide, however narrow the terminal is", () => {
    const id = "agt-01m85fznp569bqkvgabnbxq80d";
    const wide: readonly Column<Row>[] = [
      columns[0]!,
      { title: "ID", value: () => id, wide: true },
      columns[1]!,
    ];
    const rows = [{ name: "reviewer-of-diffs", text: "x".repeat(40) }];
    const [, shown] = renderTable(wide, rows, { ...pipe, width: 40 }).split("\n");
    expect(shown).toBe(`reviewer-of-diffs  ${id}  xxxxxxx…`);
  });

  test("never cuts a wide character or a family of emoji in two", () => {
    const rows = [
      { name: "a", text: "日本語の文章".repeat(5) },
      { name: "b", text: "👩‍👩‍👧‍👦".repeat(20) },
    ];
    for (let width = 14; width < 30; width++) {
      const shown = lines(rows, { ...pipe, width, terminal: true });
      expect(shown.map(displayWidth).every((columnCount) => columnCount <= width)).toBe(true);
      expect(shown[2]!.replaceAll("👩‍👩‍👧‍👦", "")).toBe("b     …");
    }
  });

  test("ends no line with blanks", () => {
    const rows = [
      { name: "long-name", text: "" },
      { name: "a", text: "x" },
    ];
    for (const line of lines(rows, pipe)) expect(line).toBe(line.trimEnd());
  });

  test("cuts nothing in a pipe", () => {
    const text = "long text ".repeat(20).trim();
    expect(lines([{ name: "a", text }], pipe)[1]).toEndWith(text);
  });

  test("keeps a row on one line and lets nothing move the cursor", () => {
    const [, row] = lines([{ name: "a\nb", text: "x\u001b[2Jy" }], pipe);
    expect(row).toBe("a b   x\ufffd[2Jy");
  });

  test("has colours only where they are wanted", () => {
    const rows = [{ name: "a", text: "x" }];
    expect(renderTable(columns, rows, { ...pipe, colour: true })).toContain("\u001b[1m");
    expect(renderTable(columns, rows, pipe)).not.toContain("\u001b");
  });
});
