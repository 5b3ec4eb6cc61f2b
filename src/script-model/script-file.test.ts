import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../contract/errors.ts";
import { findScript, modelNames } from "./script.ts";
import { loadScript, parseScript } from "./script-file.ts";

function refusal(text: string): StigmerError {
  try {
    parseScript(text, "demo.yaml");
  } catch (thrown) {
    if (thrown instanceof StigmerError) return thrown;
    throw thrown;
  }
  throw new Error("The script was accepted.");
}

describe("a script file", () => {
  test("with turns plays every model name and is listed under its own", () => {
    const scripts = parseScript("turns: [{ text: hello }]", "some/dir/demo.yaml");
    expect(findScript(scripts, "gpt-5")?.name).toBe("demo");
    expect(findScript(scripts, "echo")?.name).toBe("demo");
    expect(modelNames(scripts)).toEqual(["demo"]);
  });

  test("with scripts plays those names beside the built-in ones", () => {
    const scripts = parseScript("scripts: { one: { turns: [{ text: a }] } }", "demo.yaml");
    expect(modelNames(scripts)).toEqual(["echo", "auto", "hello", "one"]);
    expect(findScript(scripts, "two")).toBeUndefined();
  });

  test("may be JSON, indented with tabs", () => {
    const scripts = parseScript('{\n\t"turns": [\n\t\t{"text": "hi"}\n\t]\n}', "demo.json");
    expect(modelNames(scripts)).toEqual(["demo"]);
  });

  test("is read from disk, and a missing one is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "script-"));
    try {
      await writeFile(join(folder, "one.yaml"), "turns: [{ text: hi }]");
      expect(modelNames(await loadScript(join(folder, "one.yaml")))).toEqual(["one"]);
      const missing = await loadScript(join(folder, "two.yaml")).catch((thrown: unknown) => thrown);
      expect(missing).toMatchObject({ code: "invalid-argument" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a mistake is refused where it stands", () => {
  const cases: [name: string, text: string, field: string, message: string][] = [
    ["unknown key", "turns:\n  - txt: hi", "demo.yaml:2:5", 'Did you mean "text"?'],
    [
      "unknown nested key",
      "scripts:\n  a:\n    turns:\n      - fail: { status: 500, retryafer: 1 }",
      "demo.yaml:4:30",
      'Unknown key "retryafer". Did you mean "retryAfter"?',
    ],
    ["unknown key at the top", "turn: []", "demo.yaml:1:1", 'Did you mean "turns"?'],
    ["wrong type", "turns:\n  - text: [1]", "demo.yaml:2:11", "turns.0.text:"],
    ["duplicate key", "turns:\n  - text: a\n    text: b", "demo.yaml:3:5", "unique"],
    ["broken YAML", "turns: [", "demo.yaml:1:9", ""],
    ["nothing", "", "demo.yaml:1:1", "expected object"],
    ["neither turns nor scripts", "{}", "demo.yaml:1:1", "either turns or scripts"],
    ["no turn", "turns: []", "demo.yaml:1:8", "turns:"],
    ["unknown placeholder", "turns: [{ text: '{{usr}}' }]", "demo.yaml:1:17", "{{user}}"],
    [
      "placeholder in arguments",
      "turns: [{ tools: [{ name: a, args: { b: ['{{history}}'] } }] }]",
      "demo.yaml:1:42",
      "how many user messages back",
    ],
    ["bad pattern", "turns: [{ when: { user: '/(/' } }]", "demo.yaml:1:25", "Invalid regular"],
    ["two faults", "turns: [{ cutAfter: 1, hang: true }]", "demo.yaml:1:30", "one of"],
    ["times without fault", "turns: [{ faultTimes: 1 }]", "demo.yaml:1:23", "needs one of"],
    ["broken arguments of no tool", "turns: [{ malformedArgs: x }]", "demo.yaml:1:26", "tools"],
    [
      "more cached than read",
      "turns: [{ usage: { input: 1, cacheRead: 2 } }]",
      "demo.yaml:1:18",
      "at least their sum",
    ],
  ];
  test.each(cases)("%s", (_name, text, field, message) => {
    const error = refusal(text);
    expect(error.code).toBe("invalid-argument");
    expect(error.violations[0]?.field).toBe(field);
    expect(error.violations[0]?.message).toContain(message);
    expect(error.message).toContain(field);
  });

  test("and every mistake is named at once", () => {
    const error = refusal("turns:\n  - txt: a\n  - text: 1\n    chunk: 0");
    expect(error.violations.map(({ field }) => field)).toEqual([
      "demo.yaml:2:5",
      "demo.yaml:3:11",
      "demo.yaml:4:12",
    ]);
  });

  test("and aliases that explode are refused", () => {
    const row = (name: string, of: string) => `${name}: &${name} [${`*${of}, `.repeat(12)}]\n`;
    const bomb = "a: &a [x]\n" + row("b", "a") + row("c", "b") + row("d", "c") + row("e", "d");
    expect(refusal(bomb)).toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("alias"),
    });
  });
});
