import * as fc from "fast-check";

/** What formats take for something else, lose a part of or cannot hold as it is. */
const known = [
  "",
  " ",
  "yes",
  "null",
  "~",
  "1",
  "0x1f",
  "1e21",
  "-0",
  ".inf",
  "2026-01-02",
  "12:30",
  "- a",
  "a: b",
  "a #b",
  "#a",
  "---",
  "...",
  "&a",
  "*a",
  "!!a",
  "%a",
  "<<",
  "{}",
  "[]",
  "a\u0000b",
  "\u001b[31m",
  "a\u0085\u2028\u2029b",
  "\ufeffa",
  "a\rb\r\n",
  "😀 ünï 漢字",
  "\t",
  " a ",
  "\n",
  "a\n",
  "a\n\n\n",
  "  a\n b\n",
  "\n\na\nb",
  "a  \n\tb\n ",
  "a\n---\nb\n...\n",
  "${NAME}",
];

const line = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(...known) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);

/** Any text that a message can hold, of one line or several. */
export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: line },
  { weight: 2, arbitrary: fc.array(line, { maxLength: 5 }).map((lines) => lines.join("\n")) },
);
