import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { settingPatterns } from "../../src/system/setting-name.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

describe("config explain", () => {
  let home: CommandHome;
  beforeAll(() => {
    home = CommandHome.open({ config: "port: 5000\ncolor: never\n" });
  });
  afterAll(() => home[Symbol.asyncDispose]());

  const explain = (name: string, ...flags: string[]) =>
    home.json(["config", "explain", name, ...flags], { env: { STIGMER_PORT: "6000" } });

  test("names the winner and every other place, the strongest first", async () => {
    expect(await explain("port")).toMatchObject({
      name: "port",
      value: 6000,
      source: "variable",
      type: "integer from 0 to 65535",
      unit: "TCP port",
      meaning: expect.stringContaining("127.0.0.1"),
      readAtStart: true,
      sources: [
        { source: "flag", name: "--port", value: null, wins: false },
        { source: "variable", name: "STIGMER_PORT", value: 6000, wins: true },
        { source: "project", name: "", value: null, wins: false },
        { source: "config", name: `${home.home}/config.yaml:1:7`, value: 5000, wins: false },
        { source: "default", value: 50051, wins: false },
      ],
    });
  });

  test("counts a flag of its own command first", async () => {
    expect(await explain("color", "--color", "always")).toMatchObject({
      value: "always",
      source: "flag",
    });
    expect(await explain("color")).toMatchObject({ value: "never", source: "config" });
  });

  test("shows a person which value wins, what is allowed and how to change it", async () => {
    const text = await home.output(["config", "explain", "port"], {
      env: { STIGMER_PORT: "6000" },
    });
    expect(text).toMatch(/^variable +6000 +yes +STIGMER_PORT$/m);
    expect(text).toMatch(/^config +5000 +\S+config\.yaml:1:7$/m);
    expect(text).toMatch(/^allowed: +integer from 0 to 65535$/m);
    expect(text).toMatch(/stigmer config set port 50052/);
  });

  test("without a name explains every setting of the table", async () => {
    const { items } = await home.json(["config", "explain"]);
    expect(items.map(({ name }: { name: string }) => name)).toEqual(settingPatterns);
  });

  test("of an unknown setting names the nearest", async () => {
    const end = await home.run(["config", "explain", "runner.mx"]);
    expectRefusal(end, { exitCode: 2, error: "runner.mx", hint: "did you mean runner.max?" });
  });
});

test("a command that needs no data folder works where there is no home", async () => {
  await using home = CommandHome.open();
  const nowhere = { env: { HOME: "", STIGMER_HOME: "" } };
  expect(await home.run(["explain", "agent"], nowhere)).toMatchObject({ exitCode: 0, stderr: "" });
});
