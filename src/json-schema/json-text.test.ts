import { expect, test } from "bun:test";
import { jsonTextOf } from "./json-text.ts";

test.each([
  ["as it is", ' {"a": 1}\n', '{"a": 1}'],
  ["inside the one fenced block", 'Here it is:\n```json\n{"a": 1}\n```\nDone.', '{"a": 1}'],
  ["inside a block without a language", "```\n[1]\n```", "[1]"],
  [
    "as it is when there are several blocks",
    "```\n1\n```\n```\n2\n```",
    "```\n1\n```\n```\n2\n```",
  ],
  ["with a fence inside of a text", '{"a": "```"}', '{"a": "```"}'],
])("JSON is taken %s", (_, answer, json) => {
  expect(jsonTextOf(answer)).toBe(json);
});
