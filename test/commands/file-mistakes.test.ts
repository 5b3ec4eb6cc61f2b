import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandHome } from "../support/command-home.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open({ config: "model.default: script/echo\n" });
});
afterAll(() => home[Symbol.asyncDispose]());

/** Where mistakes stand and in which field, as `apply` of these files tells them. */
async function mistakesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = `mistakes-${Object.keys(files).join("-")}`;
  for (const [name, text] of Object.entries(files)) {
    const path = home.at(`${folder}/${name}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { stderr, exitCode } = await home.run(["apply", "-f", folder]);
  expect(exitCode).toBe(2);
  return [...stderr.matchAll(/(\w+\.\w+:\d+):\d+: ([^\s:]*)/g)].map(
    ([, at, path]) => `${at} ${path}`,
  );
}

const agent = (name: string, rest = "") =>
  `kind: Agent\nmetadata: {name: ${name}}\nspec:\n  instructions: Review.\n${rest}`;

test("an unknown property hides neither broken rules nor repetitions", async () => {
  const text = agent("a", "  limits: {max_turns: -1}\n  environment_refs: [e, e]\nextra: 1\n");
  const environment = "kind: Environment\nmetadata: {name: e}\nspec: {}\n";
  expect(await mistakesOf({ "one.yaml": `${text}---\n${environment}` })).toEqual([
    "one.yaml:5 spec.limits.maxTurns",
    "one.yaml:6 spec.environmentRefs",
    "one.yaml:7 extra",
  ]);
});

test("a missing member in one document hides no broken rule of another", async () => {
  const server = 'kind: McpServer\nmetadata: {name: s}\nspec: {http: {url: "not a url"}}\n';
  const empty = "kind: McpServer\nmetadata: {name: t}\nspec: {}\n";
  expect(await mistakesOf({ "two.yaml": `${server}---\n${empty}` })).toEqual([
    "two.yaml:3 spec.http.url",
    "two.yaml:7 spec",
  ]);
});

test("broken syntax in one file hides nothing of the others, and what it names is no mistake", async () => {
  const named = "kind: McpServer\nmetadata: {name: unread}\nspec: {stdio: {command: [}}\n";
  const refs = "  mcpServers: [{ref: unread}, {ref: nowhere}]\n  model: nobody/x\n";
  const found = await mistakesOf({
    "x.yaml": agent("x", refs),
    "y.yaml": named,
    "z.yaml": agent("z", "  modle: y\n").replace("Review.", '""'),
  });
  expect(found.filter((each) => !each.startsWith("y.yaml"))).toEqual([
    "x.yaml:5 spec.mcpServers[1].ref",
    "x.yaml:6 spec.model",
    "z.yaml:4 spec.instructions",
    "z.yaml:5 spec.modle",
  ]);
  expect(found.some((each) => each.startsWith("y.yaml:3"))).toBe(true);
});
