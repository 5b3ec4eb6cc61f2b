import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { repositoryRoot } from "../scripts/repository.ts";
import { CommandHome } from "./support/command-home.ts";

setDefaultTimeout(60_000);

const folder = `${repositoryRoot}examples`;
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".test.yaml"))
  .map((file) => file.replace(".test.yaml", ""));

interface Result {
  readonly file: string;
  readonly case: string;
  readonly killPoints: number;
  readonly problems: readonly { readonly what: string }[];
}

describe("the examples", () => {
  const home = CommandHome.open({ local: true });
  afterAll(() => home[Symbol.asyncDispose]());

  test("are ten, each with good and bad cases and a line in the README", () => {
    const readme = readFileSync(`${folder}/README.md`, "utf8");
    expect(names).toHaveLength(10);
    for (const name of names) {
      const { workflow, cases } = parse(readFileSync(`${folder}/${name}.test.yaml`, "utf8"));
      expect(workflow).toBe(`${name}.yaml`);
      expect(cases.length).toBeGreaterThanOrEqual(2);
      expect(readme).toContain(`[${name}](${name}.yaml)`);
      expect(readFileSync(`${folder}/${name}.yaml`, "utf8")).toStartWith("# ");
    }
  });

  test("do what their tests say, wherever their runner is lost", async () => {
    const { items } = (await home.json(["workflow", "test", folder, "--kill-points"])) as {
      readonly items: readonly Result[];
    };
    expect(items.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(new Set(items.map(({ file }) => file)).size).toBe(names.length);
    for (const { killPoints } of items) expect(killPoints).toBeGreaterThanOrEqual(2);
  });

  test("turn red when one of them does something else", async () => {
    const copy = home.at("examples");
    cpSync(folder, copy, { recursive: true });
    const path = `${copy}/transfer-money.yaml`;
    const text = readFileSync(path, "utf8");
    expect(text).toContain("}-refund");
    writeFileSync(path, text.replace("}-refund", "}-credit"));
    const { exitCode, stdout } = await home.run(["workflow", "test", copy, "-o", "json"]);
    expect(exitCode).toBe(1);
    const failed = (JSON.parse(stdout).items as Result[]).filter((one) => one.problems.length > 0);
    expect(failed.map((one) => [one.case, one.problems.map(({ what }) => what)])).toEqual([
      ["the account is closed, so the money goes back", ["calls.refund", "journal"]],
    ]);
  });
});
