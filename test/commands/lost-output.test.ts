import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";

setDefaultTimeout(60_000);

describe("a stdout that cannot be written", () => {
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "ag1", "-i", "Repeat."]);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  const lines = [
    "export --all",
    "agent list -o json",
    "agent execute ag1 hello",
    "completion bash",
    "--help",
    "--version",
    "__complete ag",
  ];
  // /dev/full answers every write with ENOSPC, as a full disk does.
  test.each(lines)("is an error of %s", async (line) => {
    const end = await shell(`"$@" ${line} > /dev/full`);
    expect(end).toMatchObject({ exitCode: 1, stdout: "" });
    expect(end.stderr).toContain("The output cannot be written: ENOSPC");
  });

  test("is an error in JSON where JSON was asked for", async () => {
    const end = await shell(`"$@" agent list -o json > /dev/full`);
    expect(JSON.parse(end.stderr)).toMatchObject({ error: { code: "data-loss" } });
  });

  test("is none when its reader left early", async () => {
    const end = await shell(`{ "$@" export --all; echo "exit $?" >&2; } | true`);
    expect(end.stderr).toBe("exit 0\n");
  });

  test.each(["--version", "__complete ag", "completion bash"])(
    "%s is added to a file that has something in it",
    async (line) => {
      writeFileSync(home.at("kept"), "kept\n".repeat(4_000));
      expect(await shell(`"$@" ${line} >> kept`)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(readFileSync(home.at("kept"), "utf8")).toMatch(/^(kept\n){4000}./);
    },
  );

  async function shell(script: string) {
    return await home.startProgram(["sh", "-c", script, "sh", ...commandLine]).end();
  }
});
