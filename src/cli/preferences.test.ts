import { expect, test } from "bun:test";
import { callerEnvironment } from "../system/environment.ts";
import { readPreferences } from "./preferences.ts";

const environment = callerEnvironment({});

test.each([
  { words: ["agent", "list"], format: "table" },
  { words: ["agent", "list", "-o", "json"], format: "json" },
  { words: ["--output=yaml", "agent", "list"], format: "yaml" },
  { words: ["agent", "list", "-q"], format: "name" },
  { words: ["agent", "list", "-ojsonl"], format: "jsonl" },
  { words: ["agent", "list", "--jq", ".items[]"], format: "json" },
  { words: ["agent", "list", "-q", "--jq=.items"], format: "json" },
  { words: ["mcp", "add", "x", "--", "prog", "-o", "json"], format: "table" },
  { words: ["agent", "list", "-o", "nonsense"], format: "table" },
])("$words is answered as $format", ({ words, format }) => {
  expect(readPreferences(words, environment).format).toBe(format as never);
});

test("a flag comes before the settings", () => {
  const configured = { output: "yaml", color: "never" };
  expect(readPreferences(["agent", "list"], environment, configured)).toMatchObject({
    format: "yaml",
    color: "never",
  });
  expect(
    readPreferences(["-o", "json", "--color", "always"], environment, configured),
  ).toMatchObject({ format: "json", color: "always" });
});

test("nothing is asked with --no-input or STIGMER_NO_INPUT", () => {
  expect(readPreferences(["--no-input"], environment).noInput).toBe(true);
  const fromVariable = callerEnvironment({ STIGMER_NO_INPUT: "1" });
  expect(readPreferences([], fromVariable).noInput).toBe(true);
});
