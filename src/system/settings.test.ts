import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { StigmerError } from "../contract/errors.ts";
import { readSettings } from "./settings.ts";
import type { SettingsSources } from "./settings.ts";
import { settingsTable } from "./settings-table.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

async function settingsOf(yaml: string, sources: Partial<SettingsSources> = {}) {
  using scratch = new TemporaryFolder();
  writeFileSync(scratch.at("config.yaml"), yaml);
  return await readSettings({ file: scratch.at("config.yaml"), variables: {}, ...sources });
}

async function failureOf(reading: Promise<unknown>): Promise<StigmerError> {
  const outcome = await reading.catch((cause: unknown) => cause);
  expect(outcome).toBeInstanceOf(StigmerError);
  return outcome as StigmerError;
}

describe("precedence", () => {
  const file = "port: 3";
  const variables = { STIGMER_PORT: "2" };
  const overrides = { port: 1 };

  test.each([
    ["an override beats all", { overrides, variables }, 1, "override"],
    ["a variable beats the file", { variables }, 2, "environment"],
    ["the file beats the default", {}, 3, "file"],
    ["an empty variable counts as unset", { variables: { STIGMER_PORT: "" } }, 3, "file"],
    ["an undefined override counts as unset", { overrides: { port: undefined } }, 3, "file"],
  ] as const)("%s", async (_, sources, port, kind) => {
    const settings = await settingsOf(file, sources);
    expect(settings.get("port")).toBe(port);
    expect(settings.explain("port").winner?.source.kind).toBe(kind);
  });

  test("without file, variable and override the default holds", async () => {
    const settings = await readSettings({ file: "/nowhere/config.yaml", variables: {} });
    expect(settings.get("port")).toBe(50051);
    expect(settings.explain("port").winner?.source).toEqual({ kind: "default" });
  });

  test("an explanation names the winner's place and whose values lost", async () => {
    const settings = await settingsOf("# mine\nport: 3", { variables });
    const { winner, overruled } = settings.explain("port");
    expect(winner).toMatchObject({ value: 2, source: { variable: "STIGMER_PORT" } });
    expect(overruled.map((one) => one.text)).toEqual(["3", "50051"]);
    expect(overruled[0]?.source).toMatchObject({
      place: expect.stringMatching(/config.yaml:2:7$/),
    });
  });
});

describe("values", () => {
  test("have the type of their row", async () => {
    const settings = await settingsOf(
      "runner: {max: 8, idleTimeout: 1m}\nlimits: {messageBytes: 16MB}\nlog.level: debug\n" +
        "providers: {script: {file: /s.yaml}}",
    );
    const max: number = settings.get("runner.max");
    const level: "debug" | "info" | "warn" | "error" = settings.get("log.level");
    const script: string | undefined = settings.get("providers.script.file");
    expect([max, level, script]).toEqual([8, "debug", "/s.yaml"]);
    expect(settings.get("runner.idleTimeout")).toBe(60_000);
    expect(settings.get("limits.messageBytes")).toBe(16 * 1024 * 1024);
    expect(settings.get("model.default")).toBeUndefined();
  });

  test("keep their text where YAML would read a number", async () => {
    const settings = await settingsOf("model: {aliases: {small: 1e3, 7: '007'}}");
    expect(settings.get("model.aliases.small")).toBe("1e3");
    expect(settings.get("model.aliases.7")).toBe("007");
  });

  test("of names with dots and slashes are found", async () => {
    const settings = await settingsOf(
      "providers:\n  my.host:\n    baseUrl: http://my.host/v1\n" +
        "prices:\n  openai/gpt-4.1:\n    inputPerMillion: 2.5\n    outputPerMillion: 10\n",
    );
    expect(settings.get("providers.my.host.baseUrl")).toBe("http://my.host/v1");
    expect(settings.get("prices.openai/gpt-4.1.inputPerMillion")).toBe(2.5);
    expect([...settings.all("prices.MODEL.outputPerMillion")]).toEqual([["openai/gpt-4.1", 10]]);
  });

  test("of a pattern can be set by an override", async () => {
    const settings = await settingsOf("", { overrides: { "model.aliases.fast": "ollama/qwen3" } });
    expect([...settings.all("model.aliases.NAME")]).toEqual([["fast", "ollama/qwen3"]]);
  });
});

test.each(Object.entries(settingsTable))(
  "%s has an example and a default that it accepts",
  async (name, row) => {
    const filled = name.replace(/[A-Z]{2,}/, "some/name.v1");
    const settings = await readSettings({ variables: {}, overrides: { [filled]: row.example } });
    expect(settings.explain(filled).winner?.source.kind).toBe("override");
    const defaults = await readSettings({ variables: {} });
    expect(defaults.explain(filled).winner !== undefined).toBe("default" in row);
  },
);

test("the list has every setting once, with what is set by a pattern", async () => {
  const settings = await settingsOf("model: {aliases: {a: x/y, b: x/z}}");
  const names = settings.list().map((one) => one.name);
  expect(names).toContain("port");
  expect(names).toContain("providers.NAME.baseUrl");
  expect(names).toContain("model.aliases.a");
  expect(names).toContain("model.aliases.b");
  expect(names).not.toContain("model.aliases.NAME");
  expect(new Set(names).size).toBe(names.length);
});

describe("an unknown name", () => {
  test.each([
    ["runner.maxx", "runner.max"],
    ["prot", "port"],
    ["provider.openai.baseUrl", "providers.openai.baseUrl"],
    ["providers..baseUrl", "providers.NAME.baseUrl"],
    ["providers.openai.baseURI", "providers.openai.baseUrl"],
    ["prices.openai/gpt-4.1.inputPerMilion", "prices.openai/gpt-4.1.inputPerMillion"],
  ])("%s is refused with %s", async (name, meant) => {
    const failure = await failureOf(readSettings({ variables: {}, overrides: { [name]: "1" } }));
    expect(failure.code).toBe("invalid-argument");
    expect(failure.hint).toBe(`did you mean ${meant}?`);
  });

  test.each(["", "nothing.like.it", "__proto__", "constructor"])(
    "%p is refused with the command that lists them",
    async (name) => {
      const failure = await failureOf(readSettings({ variables: {}, overrides: { [name]: "1" } }));
      expect(failure.hint).toContain("stigmer config list");
    },
  );

  test("in the file is refused with its place", async () => {
    const failure = await failureOf(settingsOf("port: 1\nrunner:\n  maxx: 4\n"));
    expect(failure.message).toMatch(/config\.yaml:3:9: there is no setting "runner\.maxx"/);
    expect(failure.hint).toContain("runner.max");
  });
});

describe("a bad value", () => {
  test.each([
    ["port", "99999", "integer from 0 to 65535", "50052"],
    ["port", "http", "integer", "50052"],
    ["port", "1.5", "integer", "50052"],
    ["runner.max", "0", "integer from 1", "8"],
    ["runner.idleTimeout", "10", "duration", "1m"],
    ["runner.idleTimeout", "99d", "duration of at most", "1m"],
    ["limits.messageBytes", "big", "size", "16MB"],
    ["mcp.npx", "allways", "auto, always or never", "always"],
    ["providers.openai.baseUrl", "example.com", "URL", "http://"],
    ["model.default", "  ", "string", "ollama/"],
    ["prices.a/b.inputPerMillion", "-1", "number", "3"],
  ])("%s=%s is refused with its type and an example", async (name, text, type, example) => {
    const failure = await failureOf(readSettings({ variables: {}, overrides: { [name]: text } }));
    expect(failure.code).toBe("invalid-argument");
    expect(failure.message).toContain(name);
    expect(failure.message).toContain(JSON.stringify(text));
    expect(failure.hint).toContain(type);
    expect(failure.hint).toContain(example);
  });

  test("says where it came from", async () => {
    const variables = { STIGMER_LOG_LEVEL: "loud" };
    expect((await failureOf(readSettings({ variables }))).message).toContain("STIGMER_LOG_LEVEL");
    expect((await failureOf(settingsOf("\nport: many"))).message).toContain("config.yaml:2:7");
  });
});

describe("a file", () => {
  test.each(["", "# nothing yet\n", "---\n", "runner:\n"])("of %p sets nothing", async (yaml) => {
    expect((await settingsOf(yaml)).get("port")).toBe(50051);
  });

  test.each([
    ["a broken line", "port: [1", /config\.yaml:1:\d+: /],
    ["a key twice", "port: 1\nport: 2", /config\.yaml:2:1: /],
    ["a name twice, nested and with dots", "runner: {max: 1}\nrunner.max: 2", /set a second time/],
    ["a list", "port: [1, 2]", /port must be a single value/],
    ["a reference", "a: &x 1\nport: *x", /config\.yaml/],
    ["no map at all", "- port", /NAME: VALUE/],
    ["a name without a value", "runner:\n  max:\n", /runner\.max has no value/],
    ["a key that is a map", "{a: 1}: 2", /config\.yaml/],
    ["more than a megabyte", `# ${"x".repeat(1024 * 1024)}`, /longer than 1 MB/],
  ])("with %s is refused with the place", async (_, yaml, message) => {
    const failure = await failureOf(settingsOf(yaml));
    expect(failure.code).toBe("invalid-argument");
    expect(failure.message).toMatch(message);
  });
});
