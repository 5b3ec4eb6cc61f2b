import { expect, test } from "bun:test";
import { type Candidates, candidatesFor, type NameSource } from "./candidates.ts";

interface Case {
  readonly line: readonly string[];
  readonly found: readonly string[];
}

test.each<Case>([
  { line: ["ag"], found: ["agent"] },
  { line: ["agents"], found: ["agents"] },
  { line: ["agent", "u"], found: ["update"] },
  { line: ["agents", "u"], found: ["update"] },
  { line: ["-o", "json", "agent", "u"], found: ["update"] },
  { line: ["--ve"], found: [] },
  { line: ["--no-i"], found: ["--no-input"] },
  { line: ["agent", "list", "--al"], found: ["--all"] },
  { line: ["agent", "list", "--all", "--al"], found: [] },
  { line: ["agent", "list", "-l", "a=b", "--lab"], found: ["--label"] },
  { line: ["agent", "list", "-o", "js"], found: ["json", "jsonl"] },
  { line: ["agent", "list", "--output=js"], found: ["--output=json", "--output=jsonl"] },
  { line: ["execution", "list", "--phase", "r"], found: ["running"] },
  { line: ["agent", "get", "a", ""], found: [] },
  { line: ["model", "login", "ant"], found: ["anthropic"] },
  { line: ["describe", "mc"], found: ["mcpserver"] },
  { line: ["describe", "mcps"], found: ["mcpserver"] },
  { line: ["describe", "agents"], found: ["agents"] },
  { line: ["completion", "p"], found: ["powershell"] },
  { line: ["get", "nonsense", ""], found: [] },
  { line: ["nothing", ""], found: [] },
  { line: ["agent", "create", "a", "-i", "be"], found: [] },
])("completes $line with $found", ({ line, found }) => {
  expect(wordsOf(candidatesFor(line))).toEqual([...found]);
});

const agents: NameSource = { from: "resources", kind: "agent" };
const servers: NameSource = { from: "resources", kind: "mcpserver" };

test.each<{ line: string[]; source: NameSource }>([
  { line: ["agent", "get", ""], source: agents },
  { line: ["agent", "delete", "a", ""], source: agents },
  { line: ["agent", "create", "a", "--mcp", ""], source: servers },
  { line: ["get", "agents", ""], source: agents },
  { line: ["-o", "json", "describe", "mcp", ""], source: servers },
  { line: ["delete", "env", "a", ""], source: { from: "resources", kind: "environment" } },
  { line: ["agent", "execute", "-s", ""], source: { from: "sessions" } },
  { line: ["execution", "cancel", "a", "-q", ""], source: { from: "executions" } },
  { line: ["schedule", "pause", "a", ""], source: { from: "resources", kind: "schedule" } },
  { line: ["config", "get", ""], source: { from: "settings" } },
  { line: ["config", "set", "color", ""], source: { from: "setting-values", setting: "color" } },
])("asks for names to complete $line", ({ line, source }) => {
  expect(candidatesFor(line)).toMatchObject({ kind: "names", source });
});

test("names in the word of their flag keep the flag", () => {
  const found = candidatesFor(["agent", "execute", "a", "--session=@l"]);
  expect(found).toMatchObject({ kind: "names", at: { lead: "--session=", typed: "@l" } });
});

test.each<{ line: string[]; lead: string }>([
  { line: ["dev", "model", "--script", ""], lead: "" },
  { line: ["dev", "model", "--script=a"], lead: "--script=" },
  { line: ["agent", "create", "a", "-i", "@no"], lead: "@" },
  { line: ["mcp", "add", "files", "--", "./serv"], lead: "" },
])("leaves $line to the shell, after '$lead'", ({ line, lead }) => {
  expect(candidatesFor(line)).toEqual({ kind: "files", lead });
});

test("says what commands and flags mean", () => {
  expect(candidatesFor(["agent", "cr"])).toEqual({
    kind: "words",
    words: [{ word: "create", meaning: "Create an agent" }],
  });
});

function wordsOf(candidates: Candidates): string[] {
  return candidates.kind === "words" ? candidates.words.map(({ word }) => word) : [candidates.kind];
}
