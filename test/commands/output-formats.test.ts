import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { commandTable } from "../../src/cli/command-table.ts";
import { CommandHome, type RunOptions } from "../support/command-home.ts";
import { ResultValidator } from "../support/result-validator.ts";
import { skillDocument } from "../support/skill-sample.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const formats = ["json", "jsonl", "yaml", "name", "none"] as const;
type Format = (typeof formats)[number];

const program = fileURLToPath(
  new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);
const key = { env: { OPENAI_API_KEY: "k-1" } };
const declared = [
  "apiVersion: agentic.stigmer.ai/v1",
  "kind: Environment",
  "metadata: {name: declared-FORMAT}",
  "spec: {data: {A: {value: '1'}}}",
].join("\n");

const schedule = [
  "kind: Schedule",
  "metadata: {slug: NAME}",
  "spec: {cron: 0 3 29 2 *, agent: {agent: good, message: Hello.}}",
].join("\n");

const workflowDefinition = [
  "document: {dsl: 1.0.3, namespace: test, name: sample, version: 0.1.0}",
  "do: [{rest: {wait: P30D}}]",
].join("\n");

const workflow = [
  "document: {dsl: 1.0.3, namespace: test, name: new-FORMAT, version: 1.0.0}",
  "do: [{a: {wait: PT1S, then: end}}, {b: {wait: PT1S}}]",
].join("\n");

/** How each command is run. FORMAT, also in stdin, makes a name of each run's own. */
const lines: Readonly<Record<string, { args?: string[] } & RunOptions>> = {
  version: {},
  doctor: {},
  "config list": {},
  "config get": { args: ["model.default"] },
  "config explain": { args: ["port"] },
  "config set": { args: ["model.aliases.FORMAT", "script/echo"] },
  "local start": {},
  "local status": {},
  "local logs": { args: ["--lines", "5"] },
  "local token": {},
  "agent create": { args: ["new-FORMAT", "-i", "Repeat."] },
  "agent get": { args: ["good"] },
  "agent list": {},
  "agent update": { args: ["new-FORMAT", "--description", "changed"] },
  "agent delete": { args: ["new-FORMAT"] },
  "agent execute": { args: ["good", "hello"] },
  "mcp add": { args: ["tools-FORMAT", "--", process.execPath, program] },
  "mcp get": { args: ["good"] },
  "mcp list": {},
  "mcp tools": { args: ["good"] },
  "mcp call": { args: ["good", "big", '{"bytes":10}'] },
  "mcp delete": { args: ["tools-FORMAT"] },
  "skill push": { args: ["style", "--name", "style-FORMAT"] },
  "skill list": {},
  "skill get": { args: ["style-FORMAT"] },
  "skill export": { args: ["style-FORMAT", "written-FORMAT"] },
  "skill delete": { args: ["style-FORMAT"] },
  "workflow test": { args: ["sample.test.yaml"] },
  "workflow create": { args: ["-f", "-"], stdin: workflow },
  "workflow get": { args: ["new-FORMAT"] },
  "workflow list": {},
  "workflow update": { args: ["-f", "-"], stdin: workflow },
  "workflow delete": { args: ["new-FORMAT"] },
  "workflow validate": { args: ["-"], stdin: workflow },
  "session list": {},
  "session get": { args: ["@last"] },
  "session chat": { args: ["good", "-"], stdin: "one\ntwo\n" },
  "session delete": { args: ["@last", "--cascade"] },
  "execution list": {},
  "execution get": { args: ["@last"] },
  "execution watch": { args: ["@last"] },
  "execution wait": { args: ["@last"] },
  "execution cancel": { args: ["@last"] },
  "model list": {},
  "model test": { args: ["script/echo"] },
  "model login": { args: ["openai", "--from-env", "OPENAI_API_KEY"], ...key },
  "model logout": { args: ["openai"] },
  "schedule list": {},
  "schedule get": { args: ["good"] },
  "schedule pause": { args: ["good"] },
  "schedule resume": { args: ["good"] },
  "schedule trigger": { args: ["good"] },
  "schedule delete": { args: ["spare-FORMAT"] },
  "environment create": { args: ["env-FORMAT", "A=1", "B=2"] },
  "environment get": { args: ["good"] },
  "environment list": {},
  "environment set": { args: ["env-FORMAT", "C=3"] },
  "environment unset": { args: ["env-FORMAT", "A"] },
  "environment delete": { args: ["env-FORMAT"] },
  init: { args: ["project-FORMAT"] },
  run: { args: ["good", "hello"] },
  apply: { args: ["-f", "-"], stdin: declared },
  diff: { args: ["-f", "-"], stdin: declared },
  export: { args: ["--all"] },
  import: { stdin: declared },
  get: { args: ["environment", "declared-FORMAT"] },
  describe: { args: ["environment", "declared-FORMAT"] },
  explain: { args: ["environment"] },
  delete: { args: ["environment", "declared-FORMAT"] },
  api: { args: ["AgentQueryController/list"] },
  completion: { args: ["bash"] },
  whoami: {},
  "context list": {},
  "context show": { args: ["local"] },
  "local restart": {},
  "local stop": {},
};

/** Where the shape of a result depends on what was asked for. */
const otherLines: readonly { name: string; args: string[] }[] = [
  { name: "get", args: ["environments"] },
  { name: "get", args: ["agents", "--limit", "1"] },
  { name: "get", args: ["mcpserver", "good"] },
  { name: "describe", args: ["agent", "good"] },
  { name: "describe", args: ["session", "@last"] },
  { name: "describe", args: ["execution", "@last"] },
  { name: "get", args: ["session", "@last"] },
  { name: "get", args: ["executions", "--limit", "1"] },
  { name: "config explain", args: [] },
  { name: "explain", args: ["agent.spec.limits"] },
  { name: "api", args: [] },
  { name: "execution list", args: ["--all"] },
  { name: "execution cancel", args: ["@last", "@last"] },
  { name: "mcp call", args: ["good", "refuse"] },
];
/** One that stays until Ctrl-C (api.test.ts), and what needs a server (contexts.test.ts). */
const shownElsewhere = ["dev model", "login", "logout", "context use", "context delete"];

describe("every command", () => {
  const validator = new ResultValidator();
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\nmodel.maxRetries: 0\n" });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    await home.output(["mcp", "add", "good", "--", process.execPath, program]);
    await home.output(["environment", "create", "good", "A=1"]);
    for (const name of ["good", ...formats.map((format) => `spare-${format}`)]) {
      await home.output(["apply", "-f", "-"], { stdin: schedule.replace("NAME", name) });
    }
    writeFileSync(home.at("sample.yaml"), workflowDefinition);
    writeFileSync(home.at("sample.test.yaml"), "workflow: sample.yaml\ncases: [{name: good}]\n");
    mkdirSync(home.at("style"));
    writeFileSync(home.at("style", "SKILL.md"), skillDocument("Be brief."));
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test("of the table has a line here", () => {
    const known = commandTable.map(({ path }) => path.join(" "));
    const missing = known.filter((name) => !(name in lines) && !shownElsewhere.includes(name));
    expect({ missing }).toEqual({ missing: [] });
    expect(Object.keys(lines).filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(Object.keys(lines))("%s answers with JSON of its schema", async (name) => {
    await check(name, "json");
    await check(name, "jsonl");
  });

  test.each([...otherLines])("$name $args answers with JSON of its schema", async (line) => {
    await home.output(["local", "start"]);
    await home.output(["agent", "execute", "good", "hello"]);
    const end = await home.run([...line.name.split(" "), ...line.args, "-o", "json"]);
    expect(validator.problems(line.name, JSON.parse(end.stdout))).toEqual([]);
  });

  test("dev model answers with JSON of its schema", async () => {
    writeFileSync(home.at("turns.yaml"), "turns: [{text: hello}]\n");
    const running = home.start(["dev", "model", "--script", "turns.yaml", "-o", "json"]);
    const document = await running.says(/^\}\n$/m, "stdout");
    running.kill("SIGINT");
    expect(validator.problems("dev model", JSON.parse(document))).toEqual([]);
    await running.end();
  });

  /** One of each way in which output is made. */
  const samples = [
    "agent list",
    "agent execute",
    "session chat",
    "execution watch",
    "version",
    "api",
  ];
  test.each(samples)("%s answers in every other format", async (name) => {
    await home.output(["local", "start"]);
    await Promise.all(
      formats.filter((format) => format !== "json").map((format) => check(name, format)),
    );
  });

  test("with -q answers names alone and says nothing else", async () => {
    expect(await home.run(["agent", "list", "-q"])).toMatchObject({ stdout: "good\n", stderr: "" });
    const execution = await home.run(["agent", "execute", "good", "hello", "-q"]);
    expect(execution).toMatchObject({ stdout: expect.stringMatching(/^aex-\w+\n$/), stderr: "" });
  });

  test("that fails says so as JSON on stderr with -o json", async () => {
    const end = await home.run(["agent", "get", "nobody", "-o", "json"]);
    expect(end).toMatchObject({ exitCode: 5, stdout: "" });
    expect(validator.problemsBy("error.json", JSON.parse(end.stderr))).toEqual([]);
    expect(JSON.parse(end.stderr)).toEqual({
      error: {
        code: "not-found",
        message: 'there is no agent "nobody"',
        hint: "stigmer agent list",
        details: [],
        requestId: expect.any(String),
      },
    });
  });

  test.skipIf(isLeftOut("lent keys"))(
    "that ends in a failed execution says so as JSON and prints the execution",
    async () => {
      const failing = ["agent", "execute", "good", "hello", "-m", "openai-compatible/none"];
      const end = await home.run([...failing, "-o", "json"], {
        env: { OPENAI_COMPATIBLE_BASE_URL: "http://127.0.0.1:9/v1" },
      });
      expect(end.exitCode).toBe(1);
      expect(JSON.parse(end.stdout)).toMatchObject({ status: { phase: "EXECUTION_FAILED" } });
      const last = end.stderr.trimEnd().split("\n").at(-1) ?? "";
      expect(JSON.parse(last)).toMatchObject({ error: { code: "network" } });
    },
  );

  async function check(name: string, format: Format): Promise<void> {
    const { args = [], stdin = "", ...options } = lines[name] ?? {};
    const words = args.map((word) => word.replace("FORMAT", format));
    const end = await home.run([...name.split(" "), "-o", format, ...words], {
      ...options,
      stdin: stdin.replace("FORMAT", format),
    });
    expect({
      format,
      exitCode: end.exitCode,
      stderr: end.exitCode === 0 ? "" : end.stderr,
    }).toEqual({ format, exitCode: 0, stderr: "" });
    checks[format](end.stdout);
    if (format === "json") {
      expect(validator.problems(name, JSON.parse(end.stdout))).toEqual([]);
    }
    if (format !== "jsonl") return;
    for (const line of linesOf(end.stdout)) {
      expect(validator.lineProblems(name, JSON.parse(line))).toEqual([]);
    }
  }
});

const checks: Readonly<Record<Format, (stdout: string) => void>> = {
  json: (stdout) => expect(JSON.parse(stdout)).toBeObject(),
  jsonl: (stdout) => {
    for (const line of linesOf(stdout)) expect(JSON.parse(line)).toBeDefined();
  },
  yaml: (stdout) => expect(parse(stdout)).toBeObject(),
  name: (stdout) => expect(stdout).not.toMatch(/^(NAME|ID) /m),
  none: (stdout) => expect(stdout).toBe(""),
};

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
