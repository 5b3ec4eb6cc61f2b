import { describe, expect, test } from "bun:test";
import { StigmerError } from "../contract/errors.ts";
import { findCommand } from "./find-command.ts";
import type { Invocation } from "./invocation.ts";
import { parseCommandLine } from "./parse-command-line.ts";

function parse(...words: string[]): Invocation {
  const found = findCommand(words);
  if (found.kind !== "command") throw new Error(`${words.join(" ")} names no command`);
  return parseCommandLine(found.command, found.rest);
}

function refusal(...words: string[]): StigmerError {
  try {
    parse(...words);
  } catch (thrown) {
    if (thrown instanceof StigmerError) return thrown;
    throw thrown;
  }
  throw new Error(`${words.join(" ")} was accepted`);
}

describe("flags", () => {
  test("stand before, between and behind the words of a command", () => {
    for (const words of [
      ["-o", "json", "agent", "list"],
      ["agent", "--output=json", "list"],
      ["agent", "list", "-ojson"],
    ]) {
      expect(parse(...words).text("output")).toBe("json");
    }
  });

  test("that repeat keep every value in order", () => {
    const { texts } = bound(parse("agent", "create", "a", "--mcp", "x", "--mcp", "y:t"));
    expect(texts("mcp")).toEqual(["x", "y:t"]);
  });

  test("that do not repeat keep the last value", () => {
    expect(parse("agent", "list", "-o", "json", "-o", "yaml").text("output")).toBe("yaml");
  });

  test("take text that starts with a dash", () => {
    const invocation = parse("agent", "create", "a", "--instructions", "- be brief");
    expect(invocation.text("instructions")).toBe("- be brief");
  });

  test("keep numbers, quotes and dots of a text as they are", () => {
    for (const text of ['"quoted"', "007", "1e3", "a.b=c", "line\nline"]) {
      expect(parse("agent", "create", "a", "-i", text).text("instructions")).toBe(text);
    }
  });

  test("may be empty", () => {
    expect(parse("agent", "update", "a", "--model", "").text("model")).toBe("");
  });
});

describe("arguments", () => {
  test("are kept as text", () => {
    expect(parse("execution", "get", "007").argument("EXECUTION")).toBe("007");
  });

  test("behind two dashes go to the argument that takes them, flags and all", () => {
    const invocation = parse("mcp", "add", "files", "--tool", "read", "--", "npx", "-y", "--help");
    expect(invocation.arguments("COMMAND")).toEqual(["npx", "-y", "--help"]);
    expect(invocation.texts("tool")).toEqual(["read"]);
  });

  test("behind two dashes are plain words elsewhere", () => {
    const invocation = parse("agent", "execute", "a", "--", "-o");
    expect(invocation.arguments("MESSAGE")).toEqual(["-o"]);
  });

  test("include a single dash", () => {
    expect(parse("agent", "execute", "a", "hi", "-").arguments("MESSAGE")).toEqual(["hi", "-"]);
  });
});

describe("names", () => {
  test("of groups may be plural", () => {
    expect(parse("agents", "list").commandLine).toBe("stigmer agent list");
  });
});

describe("a mistake is a usage error that names", () => {
  test.each([
    { words: ["agnet", "list"], says: "agnet", hint: "stigmer agent" },
    { words: ["agent", "lst"], says: "agent lst", hint: "stigmer agent list" },
    {
      words: ["agent", "create", "a", "--instrutions", "x"],
      says: "--instrutions",
      hint: "--instructions",
    },
    { words: ["agent", "list", "-z"], says: "-z", hint: "--help" },
    { words: ["agent", "list", "stray"], says: "stray", hint: "stigmer agent list" },
    { words: ["agent", "get"], says: "NAME is missing", hint: "stigmer agent get NAME" },
    { words: ["agent", "list", "-o", "jsn"], says: "jsn", hint: "json" },
    { words: ["agent", "list", "--limit", "many"], says: "many", hint: "--help" },
    { words: ["mcp", "add", "a", "npx"], says: "npx", hint: "two dashes" },
    { words: ["agent", "create", "a", "--model"], says: "model", hint: "--help" },
  ])("$words", ({ words, says, hint }) => {
    const error = refusal(...words);
    expect(error.code).toBe("usage");
    expect(error.message).toContain(says);
    expect(error.hint).toContain(hint);
  });

  test("a time without a unit", () => {
    expect(refusal("agent", "list", "--timeout", "10").code).toBe("invalid-argument");
  });
});

function bound(invocation: Invocation) {
  return { texts: (flag: string) => invocation.texts(flag) };
}
