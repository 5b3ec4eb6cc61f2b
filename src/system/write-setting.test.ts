import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readSettings } from "./settings.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";
import { writeSetting } from "./write-setting.ts";

const moduleUrl = new URL("./write-setting.ts", import.meta.url).href;

/** The text of a file after one change. */
async function changed(before: string, name: string, value: string | undefined): Promise<string> {
  using scratch = new TemporaryFolder();
  writeFileSync(scratch.at("config.yaml"), before);
  await writeSetting(scratch.at("config.yaml"), name, value);
  return readFileSync(scratch.at("config.yaml"), "utf8");
}

describe("writeSetting", () => {
  test("makes a 0600 file and leaves nothing but its lock beside", async () => {
    using scratch = new TemporaryFolder();
    await writeSetting(scratch.at("config.yaml"), "runner.max", "8");
    expect(readFileSync(scratch.at("config.yaml"), "utf8")).toBe("runner:\n  max: 8\n");
    expect(statSync(scratch.at("config.yaml")).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch.path).toSorted()).toEqual(["config.yaml", "config.yaml.lock"]);
  });

  test("closes a file that others could read", async () => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("config.yaml"), "port: 1\n");
    chmodSync(scratch.at("config.yaml"), 0o644);
    await writeSetting(scratch.at("config.yaml"), "port", "2");
    expect(statSync(scratch.at("config.yaml")).mode & 0o777).toBe(0o600);
  });

  test("changes one value and keeps comments, order and quotes", async () => {
    const before = [
      "# my settings",
      "port: 3 # not the usual one",
      "",
      "runner:",
      "  # a small machine",
      "  max: 2 # at night",
      "  idleTimeout: '10s'",
      "",
    ].join("\n");
    expect(await changed(before, "runner.max", "4")).toBe(before.replace("max: 2", "max: 4"));
  });

  test.each([
    [
      "",
      "providers.my.host.baseUrl",
      "http://h/v1",
      "providers:\n  my.host:\n    baseUrl: http://h/v1\n",
    ],
    ["", "prices.a/b.inputPerMillion", "2.5", "prices:\n  a/b:\n    inputPerMillion: 2.5\n"],
    ["runner.max: 2\n", "runner.max", "4", "runner.max: 4\n"],
    ["runner:\nport: 1\n", "runner.max", "4", "port: 1\nrunner:\n  max: 4\n"],
    ["model: {aliases: {7: a/b}}\n", "model.aliases.7", "c/d", "model: { aliases: { 7: c/d } }\n"],
    ["# only a note\n", "port", "1", "# only a note\n\nport: 1\n"],
  ])("to %p adds %s", async (before, name, value, after) => {
    expect(await changed(before, name, value)).toBe(after);
  });

  test.each([
    ["a value and the keys that become empty", "port: 1\nrunner:\n  max: 2\n", "port: 1\n"],
    ["only that value", "runner:\n  max: 2\n  idleTimeout: 1s\n", "runner:\n  idleTimeout: 1s\n"],
    ["the last value", "runner:\n  max: 2\n", ""],
    ["the last value and keeps a note", "# note\n\nrunner:\n  max: 2\n", "# note\n"],
    ["nothing when it is not set", "port:   1\n", "port:   1\n"],
  ])("removes %s", async (_, before, after) => {
    expect(await changed(before, "runner.max", undefined)).toBe(after);
  });

  test.each([
    ["runner.maxx", "1"],
    ["port", "many"],
  ])("refuses %s=%s and writes nothing", async (name, value) => {
    using scratch = new TemporaryFolder();
    const failure = await writeSetting(scratch.at("config.yaml"), name, value).catch(
      (cause: unknown) => cause,
    );
    expect(failure).toMatchObject({ code: "invalid-argument", hint: expect.any(String) });
    expect(readdirSync(scratch.path)).toEqual([]);
  });

  test("refuses to guess at a broken file", async () => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("config.yaml"), "port: [1");
    const failure = await writeSetting(scratch.at("config.yaml"), "port", "1").catch(
      (cause: unknown) => cause,
    );
    expect(failure).toMatchObject({ code: "invalid-argument" });
    expect(readFileSync(scratch.at("config.yaml"), "utf8")).toBe("port: [1");
  });

  test("can repair a value that the file has wrong", async () => {
    expect(await changed("port: many\n", "port", "1")).toBe("port: 1\n");
  });

  test("writes through a link that the user made", async () => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("dotfile.yaml"), "port: 1\n");
    symlinkSync("dotfile.yaml", scratch.at("config.yaml"));
    await writeSetting(scratch.at("config.yaml"), "port", "2");
    expect(lstatSync(scratch.at("config.yaml")).isSymbolicLink()).toBe(true);
    expect(readFileSync(scratch.at("dotfile.yaml"), "utf8")).toBe("port: 2\n");
  });

  test("loses no change of processes that write together", async () => {
    using scratch = new TemporaryFolder();
    const path = scratch.at("config.yaml");
    const writers = Array.from({ length: 4 }, (_, writer) => {
      const script = `
        import { writeSetting } from ${JSON.stringify(moduleUrl)};
        for (let turn = 0; turn < 5; turn++) {
          await writeSetting(${JSON.stringify(path)}, "model.aliases.w${writer}t" + turn, "a/b");
        }`;
      return Bun.spawn(["bun", "-e", script], { stderr: "inherit" });
    });
    expect(await Promise.all(writers.map((writer) => writer.exited))).toEqual([0, 0, 0, 0]);
    const settings = await readSettings({ file: path, variables: {} });
    expect(settings.all("model.aliases.NAME").size).toBe(20);
  });
});
