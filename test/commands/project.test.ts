import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open({ config: "output: yaml\n" });
});
afterAll(() => home[Symbol.asyncDispose]());

/** A folder beside the data folder; the name of each file is its path there. */
function project(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(home.at(folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = home.at(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return home.at(folder);
}

const agent = (slug: string) =>
  `kind: Agent\nmetadata: {slug: ${slug}}\nspec: {instructions: Answer.}\n`;

describe("a project file", () => {
  test("sets what the user's config does not, and variables and flags overrule it", async () => {
    const text = "name: shop\ndefaults:\n  output: json\n  model: script/echo\n";
    const cwd = project("precedence", { "stigmer.yaml": text, "deep/er/x": "" });
    const inside = { cwd: home.at("precedence", "deep", "er") };
    const explained = JSON.parse(await home.output(["config", "explain", "output"], inside));
    expect(explained).toMatchObject({ value: "json", source: "project" });
    expect(explained.sources).toMatchObject([
      { source: "flag", name: "--output" },
      { source: "variable" },
      { source: "project", name: "../../stigmer.yaml:3:11", text: "json", wins: true },
      { source: "config", text: "yaml", wins: false },
      { source: "default", text: "table" },
    ]);
    const table = await home.output(["config", "get", "model.default", "-o", "table"], { cwd });
    expect(table).toBe("script/echo\n");
    expect(await home.output(["config", "get", "output"], { cwd: home.at() })).toContain("yaml");
  });

  test("is warned about when a setting is overruled by it", async () => {
    const cwd = project("overruled", { "stigmer.yaml": "defaults: {color: never}\n" });
    const end = await home.run(["config", "set", "color", "always"], { cwd });
    expect(end.stderr).toContain("stigmer.yaml:1:19 overrules it in this project with never");
    await home.output(["config", "set", "color", ""], { cwd });
  });

  test("is refused with every mistake, where it stands and the nearest name", async () => {
    const text = [
      "nam: shop",
      "resources: [agents, ../elsewhere, /etc]",
      "defaults:",
      "  agnet: clerk",
      "  environments: one",
    ].join("\n");
    const cwd = project("mistakes", { "stigmer.yaml": text });
    const { exitCode, stderr } = await home.run(["apply", "-o", "table"], { cwd });
    expect(exitCode).toBe(2);
    for (const sentence of [
      'stigmer.yaml:1:1: nam: there is no such property; did you mean "name"?',
      'stigmer.yaml:4:3: defaults.agnet: there is no such property; did you mean "agent"?',
      'stigmer.yaml:5:17: defaults.environments: is "one", not a list',
    ]) {
      expect(stderr).toContain(sentence);
    }
    writeFileSync(`${cwd}/stigmer.yaml`, `${text.split("\n")[1]}\ndefaults: {output: jsn}\n`);
    const values = await home.run(["apply", "-o", "table"], { cwd });
    expect(values.stderr).toContain('stigmer.yaml:1:21: resources[1]: "../elsewhere" is no file');
    expect(values.stderr).toContain('stigmer.yaml:1:35: resources[2]: "/etc" is no file');
    expect(values.stderr).toContain('stigmer.yaml:2:20: defaults.output: "jsn" is no value of it');
  });

  test.each([
    [
      "defaults: {providers: {openai: {baseUrl: 'http://evil.example'}}}",
      "1:12: defaults.providers",
    ],
    ["port: 1", "1:1: port"],
    ["defaults: {mcp: {npx: always}}", "1:12: defaults.mcp"],
    ["defaults: {providers.script.file: /etc/passwd}", '1:12: defaults["providers.script.file"]'],
  ])("cannot set what only its user decides: %s", async (text, at) => {
    const cwd = project("forbidden", { "stigmer.yaml": text });
    const end = await home.run(["apply", "-o", "table"], { cwd });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toStartWith(`error: stigmer.yaml:${at}: a project cannot set it`);
  });

  test("that cannot be read does not stop what does not need it", async () => {
    const cwd = project("broken", { "stigmer.yaml": "name: [" });
    const end = await home.run(["environment", "list", "-o", "json"], { cwd });
    expect(end).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("items") });
    expect(end.stderr).toContain("settings are left out: stigmer.yaml:1:8");
  });

  test.skipIf(process.getuid?.() !== 0)(
    "of another user is left out with a warning (needs root: only that can give a file away)",
    async () => {
      const cwd = project("foreign", { "stigmer.yaml": "defaults: {output: json}\n" });
      const { chownSync } = await import("node:fs");
      chownSync(`${cwd}/stigmer.yaml`, 12_345, 12_345);
      const end = await home.run(["config", "get", "port"], { cwd });
      expect(end.stdout).toContain("name: port");
      expect(end.stderr).toContain("is left out: it belongs to another user");
    },
  );
});

describe("apply in a project", () => {
  test("takes the usual folders, from wherever below it stands", async () => {
    const cwd = project("usual", {
      "stigmer.yaml": "name: usual\n",
      "agents/deep/one.yaml": agent("usual-one"),
      "agents/notes.md": "not read",
      "skills/poet/data.yaml": "not: [a definition]",
      "other/two.yaml": agent("usual-two"),
    });
    const args = ["apply", "-o", "table"];
    expect(await home.output(args, { cwd })).toBe("agent/usual-one created\n");
    const deep = { cwd: home.at("usual", "agents", "deep") };
    expect(await home.output(args, deep)).toBe("agent/usual-one unchanged\n");
    writeFileSync(home.at("usual", "agents", "deep", "one.yaml"), "kind: Agnet\n");
    const { stderr } = await home.run(args, deep);
    expect(stderr).toContain("../../agents/deep/one.yaml:1:7: kind");
    expect((await home.run(["diff", "-o", "table"], { cwd })).exitCode).toBe(2);
  });

  test("takes the files, folders and patterns that are listed, each file once", async () => {
    const text = "resources: [one.yaml, more, 'x-*.yaml', '?-a.yaml']\n";
    const cwd = project("listed", {
      "stigmer.yaml": text,
      "one.yaml": agent("listed-one"),
      "more/two.yaml": agent("listed-two"),
      "x-a.yaml": agent("listed-three"),
      "not.yaml": "not read: 1\n",
    });
    expect(await home.output(["apply", "-q"], { cwd })).toBe(
      "agent/listed-one\nagent/listed-two\nagent/listed-three\n",
    );
    writeFileSync(`${cwd}/stigmer.yaml`, "resources: ['none-*.yaml']\n");
    expectRefusal(await home.run(["apply", "-o", "table"], { cwd }), {
      exitCode: 5,
      error: 'stigmer.yaml: resources: nothing matches "none-*.yaml"',
      hint: "the folder of the project file",
    });
  });

  test("refuses what leaves the project's folder through a link, and says where it is named", async () => {
    const outside = project("outside", {
      "a.yaml": agent("outside-one"),
      "poet/SKILL.md": "---\nname: poet\ndescription: Rhymes.\n---\n",
    });
    const files = { "agents/own.yaml": agent("links-own"), "skills/x": "", "more/x": "" };
    const cwd = project("links", { ...files, "stigmer.yaml": "name: links\n" });
    const refused = async (said: string): Promise<void> => {
      for (const command of ["apply", "run"]) {
        const end = await home.run([command, "-o", "table"], { cwd });
        expect(end).toMatchObject({
          exitCode: 2,
          stdout: "",
          stderr: expect.stringContaining(said),
        });
      }
    };
    symlinkSync("own.yaml", `${cwd}/agents/inside.yaml`);
    symlinkSync(`${outside}/poet`, `${cwd}/skills/poet`);
    symlinkSync(`${outside}/a.yaml`, `${cwd}/agents/link.yaml`);
    writeFileSync(`${cwd}/stigmer.yaml`, "resources:\n  - agents\n");
    await refused("stigmer.yaml:2:5: resources[0]: agents/link.yaml is a link that leads out");
    symlinkSync(outside, `${cwd}/elsewhere`);
    for (const place of ["elsewhere", "elsewhere/a.yaml", "elsewhere/*.yaml", "skills/poet"]) {
      writeFileSync(`${cwd}/stigmer.yaml`, JSON.stringify({ resources: [place] }));
      await refused("is a link that leads out");
    }
    const named = await home.run(["apply", "-f", "agents/link.yaml", "-q"], { cwd });
    expect(named.stdout).toBe("agent/outside-one\n");
  });

  test("with a folder named leaves its project file out", async () => {
    const cwd = project("dot", { "stigmer.yaml": "name: dot\n", "a.yaml": agent("dot-one") });
    expect(await home.output(["apply", "-f", ".", "-q"], { cwd })).toBe("agent/dot-one\n");
    expectRefusal(await home.run(["apply", "-o", "table"], { cwd }), {
      exitCode: 2,
      error: "has no definitions yet",
      hint: "agents/",
    });
  });
});
