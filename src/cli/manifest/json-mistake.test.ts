import { expect, test } from "bun:test";
import { toStigmerError } from "../../contract/errors.ts";
import { parseManifest } from "./read-manifest.ts";

function mistakeIn(text: string): string {
  try {
    parseManifest([{ name: "a.json", text }]);
    return "";
  } catch (thrown) {
    return toStigmerError(thrown).message;
  }
}

test.each([
  [
    '{\n  "kind": "Agent",\n}',
    'a.json:3:1: is no JSON: it has "}" here instead of a name in double quotes',
  ],
  ['{"items": [1,]}', 'a.json:1:14: is no JSON: it has "]" here instead of a value'],
  ['{"kind": Agent}', 'a.json:1:10: is no JSON: it has "Agent" here instead of a value'],
  ["kind: Agent\n", 'a.json:1:1: is no JSON: it has "kind" here instead of a value'],
  [
    "{'kind': 1}",
    `a.json:1:2: is no JSON: it has "'" here instead of a name in double quotes or "}"`,
  ],
  ['{"kind": "Agent"', 'a.json:1:17: is no JSON: it ends here instead of "," or "}"'],
  [
    '{"kind": "Agent"} {}',
    'a.json:1:19: is no JSON: it has "{" here instead of the end of the file',
  ],
  ['{"a" 1}', 'a.json:1:6: is no JSON: it has "1" here instead of ":"'],
  ['{"a": 01}', 'a.json:1:7: is no JSON: it has "01" here instead of a value'],
  ['{"a": "x\n"}', 'a.json:1:7: is no JSON: it has "\\"" here instead of a value'],
])("%j in a .json file is no JSON", (text, message) => {
  expect(mistakeIn(text)).toBe(message);
});

test("a .json file with JSON is read, whatever its name's case and its byte order mark", () => {
  const text = '\ufeff{"kind": "Environment", "metadata": {"name": "e"}, "spec": {}}\n';
  expect(parseManifest([{ name: "a.JSON", text }])).toHaveLength(1);
});

test("a .yaml file may still use what JSON does not allow", () => {
  const text = '{"kind": "Environment", "metadata": {"name": "e",}, "spec": {},}';
  expect(parseManifest([{ name: "a.yaml", text }])).toHaveLength(1);
});
