import { describe, expect, test } from "bun:test";
import type { JsonValue } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { parse } from "yaml";
import { yamlText } from "./yaml-text.ts";

const readers = [
  { version: "1.2", read: (text: string): unknown => parse(text) },
  { version: "1.1", read: (text: string): unknown => parse(text, { version: "1.1" }) },
  { version: "1.2 (another library)", read: (text: string): unknown => Bun.YAML.parse(text) },
];

/** Texts that YAML reads as something else, loses a part of, or cannot hold as they are. */
const texts = [
  "",
  " ",
  "a ",
  " a",
  "a: b",
  "a #b",
  "#a",
  "- a",
  "?",
  "true",
  "Yes",
  "NO",
  "off",
  "null",
  "~",
  "1",
  "-1",
  "0x1f",
  "0o17",
  "1_000",
  "1e3",
  ".5",
  ".inf",
  "NaN",
  "2026-01-02",
  "12:30:45",
  "=",
  "<<",
  "!!str a",
  "&a",
  "*a",
  "@a",
  "`a",
  "%a",
  "{a}",
  "[a]",
  "a, b",
  "'a'",
  '"a"',
  "a:b",
  "a:",
  "---",
  "--- a",
  "...",
  "http://a/b?c=d#e",
  "\t",
  "a\tb",
  "\ta",
  "a\u0000b",
  "a\u0007",
  "a\u001b[31m",
  "a\u007f\u0085b",
  "a\u2028b\u2029c",
  "\ufeffa",
  "a\r",
  "a\r\nb",
  "😀 ünï",
  "\u{e0001}",
  "\n",
  "\n\n",
  "a\n",
  "a\nb",
  "a\nb\n",
  "a\nb\n\n",
  "\na",
  "\n\n a\nb",
  " a\nb",
  "  a\n b\n",
  "\ta\nb",
  "a\n\tb\n",
  "a\n ",
  "a\n\n  \nb",
  "    \n",
  "a\n    \n",
  "a  \nb",
  "a\n---\nb\n",
  "a\n...\n",
  "a: b\n- c\n# d\n",
  "%a\nb",
  "a\n\u2028b\n",
  "a\r\nb\r\n",
];

const numbers = [0, -0, 1, -1, 0.1, 1e21, -1e21, 1e-7, 1.5e300, 2 ** 53, 2 ** 60, 5e-324];

describe.each(readers)("a reader of YAML $version", ({ version, read }) => {
  test.each([...texts])("reads %j as it was, wherever it stands", (text) => {
    for (const value of [text, [text], [[text]], { key: text, next: 1 }, [{ key: text }, text]]) {
      expect(read(yamlText(value))).toEqual(value as never);
    }
    if (text !== "<<" || version !== "1.1") {
      expect(read(yamlText({ [text]: 1 }))).toEqual({ [text]: 1 });
    }
  });

  test.each([...numbers])("reads %p as it was", (number) => {
    const [found] = read(yamlText([number])) as [number];
    expect(Object.is(found, number)).toBe(true);
  });
});

test("any JSON reads back as it was", () => {
  const json = fc.jsonValue({ maxDepth: 5, noUnicodeString: false }).filter(isKept);
  fc.assert(
    fc.property(json, (value) => {
      expect(parse(yamlText(value as JsonValue))).toEqual(value);
    }),
    { numRuns: 1_000 },
  );
});

test("is written as people write it", () => {
  const value = {
    kind: "Agent",
    metadata: { slug: "reviewer", labels: { team: "a" }, tags: [] },
    spec: {
      instructions: "Review.\n\nBe brief.\n",
      mcpServers: [{ ref: "tracker", enabledTools: ["a", "b"] }, { ref: "other" }],
      limits: {},
      cron: "0 7 * * *",
      paused: false,
    },
  };
  expect(yamlText(value)).toBe(`kind: Agent
metadata:
  slug: reviewer
  labels:
    team: a
  tags: []
spec:
  instructions: |
    Review.

    Be brief.
  mcpServers:
    - ref: tracker
      enabledTools:
        - a
        - b
    - ref: other
  limits: {}
  cron: "0 7 * * *"
  paused: false
`);
});

/** A parser makes no such key of its own. */
function isKept(value: unknown): boolean {
  return !JSON.stringify(value).includes("__proto__");
}
