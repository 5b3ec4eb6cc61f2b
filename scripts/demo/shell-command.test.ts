import { expect, test } from "bun:test";
import { shellCommand } from "./shell-command.ts";

test.each([
  [["agent", "execute", "a", "hello you"], '$ agent execute a "hello you"'],
  [["call", '{"path":"."}'], `$ call '{"path":"."}'`],
  [["say", `it's "$5"`], String.raw`$ say "it's \"\$5\""`],
])("%j is quoted as a shell takes it", (words, shown) => {
  expect(shellCommand(words)).toBe(shown);
});

test("a long command goes on behind backslashes, flags beside their values", () => {
  const words = ["stigmer", "x".repeat(60), "--model", "a/b c"];
  expect(shellCommand(words)).toBe(`$ stigmer ${"x".repeat(60)} \\\n    --model "a/b c"`);
});

test("what a shell computes from a shown command is the command", async () => {
  const words = ["printf", "%s\n", 'a"b', "c'd $HOME `e`", "--flag", "f \\ g", "h".repeat(90)];
  const shown = shellCommand(words).slice("$ ".length);
  const child = Bun.spawn(["sh", "-c", shown], { stdout: "pipe" });
  expect(await child.stdout.text()).toBe(`${words.slice(2).join("\n")}\n`);
});
