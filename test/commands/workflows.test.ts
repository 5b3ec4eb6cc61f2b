import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";

setDefaultTimeout(60_000);

const head = (name: string, namespace = "test") =>
  `document: {dsl: 1.0.3, namespace: ${namespace}, name: ${name}, version: 1.0.0}\n`;
const sound = (name: string, namespace?: string) =>
  `${head(name, namespace)}do:\n  - rest: {wait: PT1S}\n`;
const resource = (body: string) =>
  `kind: Workflow\nmetadata: {name: kept}\nspec:\n${body.replaceAll(/^(?=.)/gm, "  ")}`;

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open({ config: "" });
});
afterAll(() => home[Symbol.asyncDispose]());

function write(name: string, text: string): string {
  writeFileSync(home.at(name), text);
  return name;
}

describe("workflow validate", () => {
  const broken = `${head("broken")}do:
  - ask:
      call: http
      with:
        url: https://example.com
        method: get
      then: nowhere
  - rest:
      wait: soon
      wait: PT1S
`;

  test("names file, line and column of everything that is wrong", async () => {
    const end = await home.run(["workflow", "validate", write("broken.yaml", broken)]);
    expect(end.exitCode).toBe(2);
    expect(end.stdout.split("\n")).toEqual([
      'broken.yaml:5:7: /do/0/ask/with: "endpoint" is missing',
      'broken.yaml:6:9: /do/0/ask/with/url: there is no property "url"; did you mean "endpoint"?',
      "broken.yaml:11:7: /do/1/rest/wait: is given twice",
      "",
    ]);
  });

  test("names the places inside of a resource, and of each document of a file", async () => {
    const two = `${sound("one")}---\n${resource(broken)}`;
    const { stdout } = await home.run(["workflow", "validate", "-"], { stdin: two });
    expect(stdout).toStartWith('stdin:12:9: /spec/do/0/ask/with: "endpoint" is missing\n');
  });

  test("has findings as JSON", async () => {
    write("broken.yaml", broken);
    const end = await home.run(["workflow", "validate", "broken.yaml", "-o", "json"]);
    const { items } = JSON.parse(end.stdout) as { items: { file: string; findings: object[] }[] };
    expect({ exitCode: end.exitCode, file: items[0]?.file }).toEqual({
      exitCode: 2,
      file: "broken.yaml",
    });
    expect(items[0]?.findings[1]).toEqual({
      severity: "error",
      line: 6,
      column: 9,
      pointer: "/do/0/ask/with/url",
      rule: "unknown-property",
      message: 'there is no property "url"; did you mean "endpoint"?',
    });
  });

  test("lets warnings pass, and needs no daemon", async () => {
    const warned = `${head("w")}do:\n  - a: {wait: PT1S, then: end}\n  - b: {wait: PT1S}\n`;
    const args = ["workflow", "validate", write("warned.yaml", warned), "--no-start"];
    const { stdout, exitCode } = await home.run(args);
    expect(stdout).toBe(
      'warned.yaml:4:5: warning: /do/1/b: nothing leads to the task "b"\nwarned.yaml: valid\n',
    );
    expect(exitCode).toBe(0);
  });

  test("looks at the workflows of a folder and passes over the rest", async () => {
    mkdirSync(home.at("all"), { recursive: true });
    write("all/a.yaml", sound("a"));
    write("all/a.test.yaml", "workflow: a.yaml\ncases: [{name: good}]\n");
    write("all/agent.yaml", "kind: Agent\nmetadata: {name: x}\nspec: {instructions: Hi.}\n");
    expect(await home.output(["workflow", "validate", "all"])).toBe("all/a.yaml: valid\n");
    const end = await home.run(["workflow", "validate", "all/agent.yaml"]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain('There is no workflow in "all/agent.yaml".');
  });

  test.each([
    ["what is no YAML", "document: {dsl: 1.0.3\ndo: [", /^stdin:2:\d+: /],
    [
      "a wrong kind",
      "kind: Workflw\nspec: {}\n",
      /^stdin:1:7: \/kind: .*did you mean "Workflow"\?/,
    ],
    [
      "an alias bomb",
      `${head("bomb")}do:\n  - a: &a {set: {x: [1,1,1,1,1,1,1,1,1,1]}}\n${"bcdefghij"
        .split("")
        .map((to, index) => {
          const from = String.fromCodePoint(97 + index);
          return `  - ${to}: &${to} {set: {x: [${`*${from},`.repeat(10)}]}}\n`;
        })
        .join("")}`,
      /aliases stand for more than 10000 values/,
    ],
  ])("refuses %s with its place", async (_, stdin, expected) => {
    const end = await home.run(["workflow", "validate", "-"], { stdin });
    expect(end.stdout).toMatch(expected);
    expect(end.exitCode).toBe(2);
  });

  test("refuses a file of 10 MB at once", async () => {
    write("huge.yaml", `${head("huge")}do: []\n#${"x".repeat(10 << 20)}\n`);
    const end = await home.run(["workflow", "validate", "huge.yaml"]);
    expect(end.stderr).toContain("huge.yaml is larger than 1 MB.");
    expect(end.exitCode).toBe(2);
  });
});

describe("a document of the specification", () => {
  test("is applied as a workflow of its name, changed, shown and deleted", async () => {
    const file = write("nightly.yaml", sound("nightly"));
    expect(await home.output(["apply", "-f", file])).toContain("workflow/nightly created");
    expect((await home.run(["diff", "-f", file])).exitCode).toBe(0);
    write("nightly.yaml", sound("nightly").replace("PT1S", "PT2S"));
    const updated = await home.output(["workflow", "update", "-f", file]);
    expect(updated).toBe("workflow nightly updated\n");
    const shown = await home.output(["workflow", "get", "nightly", "-o", "json"]);
    expect(JSON.parse(shown).spec.do).toEqual([{ rest: { wait: "PT2S" } }]);
    expect(await home.output(["workflow", "list", "-q"])).toBe("nightly\n");
    expect(await home.output(["workflow", "delete", "nightly"])).toContain("nightly deleted");
  });

  test("is refused with the places in its file", async () => {
    const file = write(
      "wrong.yaml",
      `${head("wrong")}do:\n  - a:\n      wait: PT1S\n      thn: end\n`,
    );
    const expected =
      'wrong.yaml:5:7: spec.do[0].a.thn: there is no property "thn"; did you mean "then"?';
    for (const verb of [["apply"], ["workflow", "create"]]) {
      const end = await home.run([...verb, "-f", file]);
      expect(end.stderr).toContain(expected);
      expect(end.exitCode).toBe(2);
    }
  });

  test("is stored in spite of warnings, which are said", async () => {
    const text = `${head("warned")}do:\n  - a: {wait: PT1S, then: end}\n  - b: {wait: PT1S}\n`;
    const { stderr, exitCode } = await home.run(["apply", "-f", write("warned.yaml", text)]);
    expect(stderr).toContain('warned.yaml:4:5: spec.do[1].b: nothing leads to the task "b"');
    expect(exitCode).toBe(0);
  });

  test("never takes the place of one of another namespace", async () => {
    await home.output(["apply", "-f", write("mine.yaml", sound("report", "mine"))]);
    const end = await home.run(["apply", "-f", write("yours.yaml", sound("report", "yours"))]);
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toContain('the stored workflow "report" is of the namespace "mine"');
    const both = await home.run([
      "apply",
      "-f",
      write("both.yaml", `${sound("x", "a")}---\n${sound("x", "b")}`),
    ]);
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain('workflow "x" stands in both.yaml:1:1 too');
  });
});
