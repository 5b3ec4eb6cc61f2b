import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open();
});
afterAll(() => home[Symbol.asyncDispose]());

describe("init", () => {
  test("writes a project that validates, applies and answers offline", async () => {
    const made = await home.run(["init", "first"]);
    expect(made).toMatchObject({
      exitCode: 0,
      stdout:
        "first/stigmer.yaml written\nfirst/agents/hello.yaml written\nfirst/README.md written\n",
    });
    expect(made.stderr).toContain("script/hello: offline");
    expect(made.stderr).toContain("Next: cd first && stigmer run\n");
    const inside = { cwd: home.at("first") };
    expect(await home.output(["apply", "--dry-run"], inside)).toBe(
      "agent/hello created (dry run)\n",
    );
    const first = await home.run(["run"], inside);
    expect(first.stdout).toContain("Hello! You said: Hello! Who are you?");
    expect(first.stderr).toContain("agent/hello created\n");
    const second = await home.run(["run", "And now?"], inside);
    expect(second.stdout).toContain("You said: And now?");
    expect(second.stderr).not.toContain("agent/hello");
    expect(await home.output(["apply", "--expect-no-changes"], inside)).toContain("unchanged");
    expect(readFileSync(home.at("first", "README.md"), "utf8")).toStartWith("# first\n");
  });

  test("starts the path of four steps in a folder with nothing set up", async () => {
    const cwd = home.at("four steps: 1");
    mkdirSync(cwd);
    await home.output(["init"], { cwd });
    expect(readFileSync(`${cwd}/stigmer.yaml`, "utf8")).toContain('name: "four steps: 1"\n');
    await home.output(["agent", "create", "my-agent", "--instructions", "Be kind."], { cwd });
    const answer = await home.output(["agent", "execute", "my-agent", "hello"], { cwd });
    expect(answer).toContain("You said: hello");
    const stored = await home.json(["agent", "get", "my-agent"]);
    expect(stored.spec.model).toBeUndefined();
  });

  test("overwrites nothing, names what is there, and keeps a README", async () => {
    const cwd = home.at("taken");
    mkdirSync(cwd);
    writeFileSync(`${cwd}/README.md`, "mine");
    writeFileSync(`${cwd}/stigmer.yaml`, "name: mine\n");
    expectRefusal(await home.run(["init"], { cwd }), {
      exitCode: 6,
      error: "stigmer.yaml exists already",
      hint: "Nothing was overwritten",
    });
    expect(existsSync(`${cwd}/agents`)).toBe(false);
    mkdirSync(`${cwd}/new`);
    symlinkSync("/nowhere/at-all", `${cwd}/new/stigmer.yaml`);
    expect((await home.run(["init", "new"], { cwd })).exitCode).toBe(6);
    const other = await home.run(["init", "other"], { cwd });
    expect(other.exitCode).toBe(0);
    writeFileSync(`${cwd}/other/README.md`, "mine");
    await home.run(["init", "third"], { cwd });
    mkdirSync(`${cwd}/kept`);
    writeFileSync(`${cwd}/kept/README.md`, "mine");
    const kept = await home.run(["init", "kept"], { cwd });
    expect(kept.stderr).toContain("kept/README.md is there already and stays as it is");
    expect(readFileSync(`${cwd}/kept/README.md`, "utf8")).toBe("mine");
  });

  test("says as JSON what it wrote, and needs no data folder", async () => {
    const nowhere = { env: { HOME: "", STIGMER_HOME: "" } };
    const made = JSON.parse(await home.output(["init", "json", "-o", "json"], nowhere));
    expect(made).toEqual({
      name: "json",
      folder: home.at("json"),
      written: ["json/stigmer.yaml", "json/agents/hello.yaml", "json/README.md"],
      kept: [],
    });
  });

  test("says why it cannot write", async () => {
    writeFileSync(home.at("file"), "");
    expectRefusal(await home.run(["init", "file"]), {
      exitCode: 6,
      error: "file exists already and is no folder",
      hint: "another folder",
    });
    const end = await home.run(["init", "/proc/new"]);
    expect(end).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("cannot create /proc/new"),
    });
  });
});
