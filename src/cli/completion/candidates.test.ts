import { expect, test } from "bun:test";
import { type Candidates, candidatesFor } from "./candidates.ts";

const words = (...list: string[]): Candidates => ({ kind: "words", words: list });

test.each<{ line: string[]; candidates: Candidates }>([
  { line: ["ag"], candidates: words("agent") },
  { line: ["agent", "u"], candidates: words("update") },
  { line: ["agents", "u"], candidates: words("update") },
  { line: ["agent", "list", "--al"], candidates: words("--all") },
  { line: ["agent", "list", "-o", "js"], candidates: words("json", "jsonl") },
  { line: ["agent", "get", ""], candidates: { kind: "source", source: "agent" } },
  { line: ["agent", "get", "a", ""], candidates: words() },
  { line: ["agent", "delete", "a", ""], candidates: { kind: "source", source: "agent" } },
  { line: ["agent", "execute", "-s", ""], candidates: { kind: "source", source: "session" } },
  { line: ["model", "login", "ant"], candidates: words("anthropic") },
  { line: ["dev", "model", "--script", ""], candidates: { kind: "source", source: "file" } },
  { line: ["describe", "mc"], candidates: words("mcpserver") },
  { line: ["nothing", ""], candidates: words() },
])("completes $line", ({ line, candidates }) => {
  expect(candidatesFor(line)).toEqual(candidates);
});
