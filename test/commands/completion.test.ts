import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { hasSystemPackage } from "../../scripts/system-packages.ts";
import { CommandHome, commandLine } from "../support/command-home.ts";

setDefaultTimeout(60_000);

/** Presses Tab behind a line, as the shell does it for the loaded script. */
const shells = {
  bash: (words: readonly string[]) => `
    eval "$(stigmer completion bash)"
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
    _stigmer; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words: readonly string[]) => `
    autoload -Uz compinit; compinit -u -D
    compadd() { shift; print -l -- "\${(@P)1}"; }
    eval "$(stigmer completion zsh)"
    words=(${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${words.length}
    _stigmer`,
};

describe.each(Object.keys(shells) as (keyof typeof shells)[])("completion in %s", (shell) => {
  let home: CommandHome;
  let path: string;
  beforeAll(async () => {
    home = CommandHome.open();
    mkdirSync(home.at("bin"));
    const program = `#!/bin/sh\nexec ${commandLine.join(" ")} "$@"\n`;
    writeFileSync(home.at("bin", "stigmer"), program, { mode: 0o755 });
    path = `${home.at("bin")}:${home.variables["PATH"]}`;
    await home.output(["agent", "create", "reviewer", "-i", "x"]);
    await home.output(["agent", "create", "clerk", "-i", "x"]);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test
    .skipIf(shell === "zsh" && !hasSystemPackage("zsh"))
    .each<{ line: string[]; found: string[] }>([
      { line: ["stigmer", "ag"], found: ["agent"] },
      { line: ["stigmer", "agent", "exec"], found: ["execute"] },
      { line: ["stigmer", "agent", "execute", "re"], found: ["reviewer"] },
      { line: ["stigmer", "agent", "get", ""], found: ["clerk", "reviewer"] },
      { line: ["stigmer", "agent", "list", "--output", "js"], found: ["json", "jsonl"] },
    ])("of $line offers $found", async ({ line, found }) => {
    const options = { env: { PATH: path } };
    const end = await home.startProgram([shell, "-c", shells[shell](line)], options).end();
    const offered = end.stdout.split("\n").filter((word) => word.startsWith(line.at(-1) ?? ""));
    expect(end.stderr).toBe("");
    expect(offered.filter((word) => word !== "").toSorted()).toEqual(found);
  });
});
