import { describe, expect, test } from "bun:test";
import { displayWidth } from "./display-width.ts";
import { renderFields } from "./render-fields.ts";
import { wrapCommand, wrapText } from "./wrap-text.ts";

describe("a wrapped text", () => {
  test("is broken between words", () => {
    expect(wrapText("one two three", 8)).toEqual(["one two", "three"]);
  });

  test("that fits stays as it is, with its indentation", () => {
    expect(wrapText("  if  x", 8)).toEqual(["  if  x"]);
  });

  test("keeps a long word whole, so that it can be copied", () => {
    expect(wrapText("see https://example.com/a/b", 10)).toEqual(["see", "https://example.com/a/b"]);
  });

  test("without blanks is broken where its script is", () => {
    const lines = wrapText("差分を読んで間違いを短く指摘する", 11);
    expect(lines.every((line) => displayWidth(line) <= 11)).toBe(true);
    expect(lines.length).toBe(4);
  });
});

describe("a wrapped command", () => {
  test("is one command to a shell", () => {
    const line = `stigmer agent create my-agent --instructions "You are a helpful assistant." -q`;
    const wrapped = wrapCommand(line, 58);
    expect(wrapped).toEqual([
      "stigmer agent create my-agent --instructions \\",
      '  "You are a helpful assistant." -q',
    ]);
    const words = Bun.spawnSync([
      "sh",
      "-c",
      wrapped.join("\n").replace("stigmer", "printf '%s\\n'"),
    ]);
    expect(words.stdout.toString()).toContain("\nYou are a helpful assistant.\n-q\n");
  });

  test("is not broken where it fits", () => {
    expect(wrapCommand("stigmer agent list", 18)).toEqual(["stigmer agent list"]);
  });
});

describe("fields on a terminal", () => {
  const style = { colour: false, width: 36, terminal: true, now: new Date(0) };

  test("are wrapped under their own beginning", () => {
    expect(renderFields([["description", "reads diffs and says what is wrong"]], style)).toBe(
      "description: reads diffs and says\n             what is wrong\n",
    );
  });

  test("that are copied are not broken", () => {
    const command = "npx -y @modelcontextprotocol/server-filesystem /notes";
    expect(renderFields([["command", command]], style)).toBe(`command: ${command}\n`);
  });

  test("in a pipe are not wrapped", () => {
    const text = "word ".repeat(50).trim();
    const pipe = { ...style, width: undefined, terminal: false };
    expect(renderFields([["a", text]], pipe)).toBe(`a: ${text}\n`);
  });
});
