import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { hasSystemPackage } from "../../scripts/system-packages.ts";
import { readDaemonRecord } from "../../src/system/daemon-record.ts";
import { CommandHome } from "../support/command-home.ts";
import { isLeftOut } from "../support/remote-mode.ts";
import {
  CompletingShell,
  type InteractiveShell,
  pathWithStigmer,
} from "../support/completing-shell.ts";

setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open();
  writeFileSync(home.at("turns.yaml"), "");
  await home.output(["agent", "create", "reviewer", "-i", "x", "--description", "reads: diffs"]);
  await home.output(["agent", "create", "clerk", "-i", "x", "-m", "script/echo"]);
  await home.output(["mcp", "add", "files", "--", "true"]);
  await home.output(["environment", "create", "staging"]);
  await home.output(["agent", "execute", "clerk", "good\nday"]);
});
afterAll(() => home[Symbol.asyncDispose]());

/** Tab again, as a person does it: a busy machine may take longer than a completion waits. */
async function completed(...words: string[]): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const text = await home.output(["__complete", ...words]);
    if (text !== "") return text;
  }
  return "";
}

/** The words that are offered, without their meanings. */
async function offered(...words: string[]): Promise<string[]> {
  const lines = (await completed(...words)).split("\n");
  return lines.filter((line) => line !== "").map((line) => line.split("\t")[0] ?? "");
}

describe("names of what is stored", () => {
  test.each([
    { line: ["agent", "get", ""], found: ["clerk", "reviewer"] },
    { line: ["agent", "execute", "re"], found: ["reviewer"] },
    { line: ["mcp", "tools", ""], found: ["files"] },
    { line: ["agent", "execute", "clerk", "-e", ""], found: ["staging"] },
    { line: ["get", "agent", "c"], found: ["clerk"] },
    { line: ["get", "agents", "c"], found: ["clerk"] },
    { line: ["describe", "mcp", ""], found: ["files"] },
    { line: ["delete", "env", "other", "st"], found: ["staging"] },
    { line: ["agent", "execute", "clerk", "--session=@"], found: ["--session=@last"] },
    { line: ["config", "get", "providers.openai.b"], found: ["providers.openai.baseUrl"] },
    { line: ["config", "set", "color", "a"], found: ["auto", "always"] },
  ])("complete $line", async ({ line, found }) => {
    expect(new Set(await offered(...line))).toEqual(new Set(found));
  });

  test("stand beside what they mean, on one line", async () => {
    expect(await completed("agent", "get", "re")).toBe("reviewer\treads: diffs\n");
    const executions = await completed("execution", "get", "");
    expect(executions).toMatch(/^@last\tthe newest\naex-\w+\tclerk completed: good day\n$/);
    const sessions = await offered("session", "get", "");
    expect(sessions).toEqual(["@last", expect.stringMatching(/^ses-/)]);
  });

  test.skipIf(isLeftOut("start on demand"))(
    "are asked of a running daemon only, and none is started",
    async () => {
      await using empty = CommandHome.open();
      expect(await empty.output(["__complete", "agent", "get", ""])).toBe("");
      expect(existsSync(empty.home)).toBe(false);
    },
  );

  test("are left out when the daemon hangs, at once", async () => {
    await using hung = CommandHome.open();
    await hung.output(["agent", "create", "reviewer", "-i", "x"]);
    const record = readDaemonRecord(`${hung.home}/run/daemon.json`);
    if (!record) throw new Error("no daemon runs");
    process.kill(record.pid, "SIGSTOP");
    try {
      const end = await hung.run(["__complete", "agent", "get", ""]);
      expect(end).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
      // 200 ms for the binary; from the sources the start alone takes as long on a busy machine.
      expect(end.tookMs).toBeLessThan(2_000);
    } finally {
      process.kill(record.pid, "SIGCONT");
    }
  });
});

const interactive = ["bash", "zsh"] as const satisfies readonly InteractiveShell[];

describe.each(interactive)("completion in %s", (shell) => {
  test.skipIf(!hasSystemPackage(shell)).each<{ line: string; shown: RegExp }>([
    { line: "stigmer agent exec", shown: /stigmer agent execute / },
    { line: "stigmer agent execute re", shown: /stigmer agent execute reviewer / },
    { line: "stigmer agent get ", shown: /clerk[^]*reviewer|reviewer[^]*clerk/ },
    { line: "stigmer get agents re", shown: /stigmer get agents reviewer / },
    { line: "stigmer agent list --output=ya", shown: /stigmer agent list --output=yaml / },
    { line: "stigmer agent execute clerk -s @l", shown: /clerk -s @last / },
    { line: "stigmer dev model --script tu", shown: /--script turns.yaml / },
    { line: "stigmer dev model --script=tu", shown: /--script=turns.yaml / },
    { line: "stigmer agent create x -i @tu", shown: /@turns.yaml / },
  ])("of '$line' on a terminal", async ({ line, shown }) => {
    using terminal = await CompletingShell.open(shell, home);
    await terminal.completes(line, shown);
    expect(terminal.screen).toMatch(shown);
  });
});

describe("completion in fish", () => {
  test.skipIf(!hasSystemPackage("fish")).each<{ line: string; found: string[] }>([
    { line: "stigmer agent exec", found: ["execute\tRun an agent and print its answer"] },
    { line: "stigmer agent get ", found: ["clerk", "reviewer\treads: diffs"] },
    { line: "stigmer get agents re", found: ["reviewer\treads: diffs"] },
    { line: "stigmer agent list --output=ya", found: ["--output=yaml"] },
    { line: "stigmer dev model --script tu", found: ["turns.yaml"] },
    { line: "stigmer dev model --script=tu", found: ["--script=turns.yaml"] },
    { line: "stigmer agent create x -i @tu", found: ["@turns.yaml"] },
    { line: "stigmer agent create x", found: [] },
  ])("of '$line'", async ({ line, found }) => {
    const commands = `stigmer completion fish | source; complete -C '${line}'`;
    const options = { env: { PATH: pathWithStigmer(home) } };
    const run = () => home.startProgram(["fish", "--no-config", "-c", commands], options).end();
    let end = await run();
    for (let again = 0; again < 20 && end.stdout === "" && found.length > 0; again++) {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other, as above
      end = await run();
    }
    expect(end.stderr).toBe("");
    expect(end.stdout.split("\n").filter((each) => each !== "")).toEqual(found);
  });
});

describe("completion in PowerShell", () => {
  const none = Bun.which("pwsh") === null;

  test("asks stigmer for every word", async () => {
    const script = await home.output(["completion", "powershell"]);
    expect(script).toContain("Register-ArgumentCompleter -Native -CommandName 'stigmer'");
    expect(script).toContain("& stigmer __complete @words");
  });

  test.skipIf(none)("of a line, where pwsh is installed: no package of Debian has it", async () => {
    const line = "stigmer agent get re";
    const commands = [
      "stigmer completion powershell | Out-String | Invoke-Expression",
      `(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`,
    ].join("; ");
    const options = { env: { PATH: pathWithStigmer(home) } };
    const end = await home.startProgram(["pwsh", "-NoProfile", "-c", commands], options).end();
    expect(end).toMatchObject({ stdout: "reviewer\n", stderr: "" });
  });
});

test("a shell without a completion script is refused with those that have one", async () => {
  const end = await home.run(["completion", "tcsh"]);
  expect(end).toMatchObject({ exitCode: 2, stdout: "" });
  expect(end.stderr).toContain("One of: bash, zsh, fish, powershell");
});
