import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import type { Json } from "../../../contract/json.ts";
import { ConsentStore, type ShownProgram } from "../../../system/consent-store.ts";
import { pollUntil } from "../../../system/process-group.ts";
import { failureOf } from "../testing/call-trial.ts";
import { type ProcessTrialOptions, tryRun } from "../testing/process-trial.ts";

const shell = (command: string, more: object = {}, run: object = {}): Json => ({
  shell: { command, ...more },
  ...run,
});
const script = (code: string, more: object = {}, run: object = {}): Json => ({
  script: { language: "js", code, ...more },
  ...run,
});
const newFolder = (): string => mkdtempSync(join(tmpdir(), "run-process-"));

describe("a shell", () => {
  const runs: [what: string, run: Json, output: Json][] = [
    ["gives what it wrote", shell("echo hello | tr a-z A-Z"), "HELLO\n"],
    ["gives what it wrote to stderr", shell("echo a; echo b >&2", {}, { return: "stderr" }), "b\n"],
    ["gives its exit code", shell("exit 3", {}, { return: "code" }), 3],
    ["gives the signal that ended it as a code", shell("kill -9 $$", {}, { return: "code" }), 137],
    [
      "gives all",
      shell("echo a; echo b >&2; exit 2", {}, { return: "all" }),
      { code: 2, stdout: "a\n", stderr: "b\n" },
    ],
    ["gives nothing", shell("echo a", {}, { return: "none" }), null],
    ["reads stdin", shell("cat", { stdin: "${ .name }" }), "Ada $(id)"],
    ["reads JSON", shell("cat", { stdin: "${ {n: 1} }" }), '{"n":1}'],
    ["has no stdin unless it is given one", shell("cat"), ""],
    [
      "takes arguments as words",
      shell("printf '<%s>'", { arguments: ["${ .name }", "a  b", "'\"", 7] }),
      "<Ada $(id)><a  b><'\"><7>",
    ],
    [
      "takes arguments after several lines",
      shell("x=1\nprintf '%s'\n", { arguments: ["$x"] }),
      "$x",
    ],
    [
      "sees its variables",
      shell('echo "$A-$B"', { environment: { A: "${ .name }", B: "b" } }),
      "Ada $(id)-b\n",
    ],
    ["is given a command by an expression", shell('${ "echo " + (.name | @sh) }'), "Ada $(id)\n"],
  ];

  test.each(runs)("%s", async (_, run, output) => {
    expect(await tryRun(run, { input: { name: "Ada $(id)" } })).toEqual(output);
  });

  test("has nothing of the environment but the basic variables and its own", async () => {
    const environment = { HOME: "/home/me", OPENAI_API_KEY: "k", LD_PRELOAD: "x.so" };
    const output = (await tryRun(shell("env", { environment: { MINE: "1" } }), {
      environment,
    })) as string;
    const names = output
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0])
      .toSorted((one, other) => (one ?? "").localeCompare(other ?? ""));
    expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name ?? ""))).toEqual([
      "HOME",
      "MINE",
      "PATH",
      "STIGMER_CHILD",
    ]);
  });

  test("starts in the folder of its host", async () => {
    const folder = newFolder();
    expect(await tryRun(shell("pwd -P"), { folder })).toBe(`${folder}\n`);
  });

  test("that is not waited for goes on, and ends with its execution", async () => {
    const folder = newFolder();
    const released = new AbortController();
    const command = "echo $$ > started; sleep 60";
    const run = shell(command, {}, { await: false });
    expect(await tryRun(run, { folder, released: released.signal, input: { a: 1 } })).toEqual({
      a: 1,
    });
    const pid = await firstLine(folder, "started");
    released.abort();
    expect(await isGone(pid)).toBe(true);
  });
});

describe("a program fails", () => {
  const failing: [
    what: string,
    run: Json,
    type: RegExp,
    detail: RegExp,
    options?: ProcessTrialOptions,
  ][] = [
    [
      "with its exit code and last words",
      shell("echo oh no >&2; exit 4"),
      /runtime/,
      /code 4: oh no$/,
    ],
    ["when it is not there", shell("no-such-program"), /runtime/, /code 127: .*not found/],
    [
      "when it writes without end",
      shell("yes"),
      /runtime/,
      /wrote more than 64KB/,
      { limits: { responseBytes: 65_536 } },
    ],
    [
      "when its folder is not there",
      shell("pwd"),
      /configuration/,
      /cannot be started in \/no\/such/,
      { folder: "/no/such" },
    ],
    [
      "with a variable that loads code",
      shell("env", { environment: { LD_PRELOAD: "x.so" } }),
      /authorization/,
      /LD_PRELOAD/,
    ],
    [
      "with a variable that has no name",
      shell("env", { environment: { "A=B": "x" } }),
      /configuration/,
      /A=B/,
    ],
    [
      "with an argument that no system takes",
      shell("echo", { arguments: ["x".repeat(4 << 20)] }),
      /configuration/,
      /E2BIG/,
    ],
    [
      "with an argument that is a map",
      shell("echo", { arguments: ["${ {} }"] }),
      /expression/,
      /an argument is a map/,
    ],
    ["with an exception", script('throw new Error("deep trouble")'), /runtime/, /deep trouble/],
    ["with a syntax error", script("let let = 1"), /runtime/, /code 1/],
    [
      "without Python",
      { script: { language: "python", code: "1" } },
      /configuration/,
      /no python3 on PATH/,
      { environment: { PATH: "/nowhere" } },
    ],
  ];

  test.each(failing)("%s", async (...row) => {
    const [, run, type, detail, options] = row;
    const failure = await failureOf(tryRun(run, options));
    expect(failure.type).toMatch(type);
    expect(failure.detail).toMatch(detail);
  });

  test("rather than show a secret to every user of the machine", async () => {
    const secrets = { s: "open sesame" };
    for (const run of [
      shell("echo ${ $secrets.s }"),
      shell("echo", { arguments: ["${ $secrets.s }"] }),
    ]) {
      const failure = await failureOf(tryRun(run, { secrets }));
      expect(failure).toMatchObject({ detail: expect.stringContaining("hold a secret") });
      expect(JSON.stringify(failure)).not.toContain("sesame");
    }
  });

  test("and does not say a secret that it was given", async () => {
    const run = shell('echo "cannot open $S" >&2; exit 1', {
      environment: { S: "${ $secrets.s }" },
    });
    const failure = await failureOf(tryRun(run, { secrets: { s: "open sesame" } }));
    expect(failure.detail).toBe("the program ended with code 1: cannot open [secret]");
  });
});

describe("a script", () => {
  test("in JavaScript reads arguments, stdin and variables, and writes", async () => {
    const code =
      "const text = await Bun.stdin.text(); console.log(JSON.stringify([process.argv.slice(2), text, process.env.A]));";
    const run = script(code, { arguments: ["x", "--y"], stdin: "in", environment: { A: "1" } });
    expect(JSON.parse((await tryRun(run)) as string)).toEqual([["x", "--y"], "in", "1"]);
  });

  test("reads no configuration of the folder that it starts in", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./evil.ts"]');
    writeFileSync(join(folder, "evil.ts"), 'console.log("evil");');
    writeFileSync(join(folder, ".env"), "EVIL=1");
    expect(await tryRun(script('console.log(process.env.EVIL ?? "clean")'), { folder })).toBe(
      "clean\n",
    );
  });

  test("comes from a file", async () => {
    const path = join(newFolder(), "hello.js");
    writeFileSync(path, 'console.log("from a file")');
    const run: Json = { script: { language: "javascript", source: { endpoint: path } } };
    expect(await tryRun(run)).toBe("from a file\n");
  });

  test("leaves no file behind", async () => {
    const folder = newFolder();
    await tryRun(script("1"), { folder });
    expect(readdirSync(folder)).toEqual([]);
  });

  const python = Bun.which("python3");
  const why = python === null ? " (skipped: there is no python3 here)" : "";
  test.skipIf(python === null)(`in Python runs where Python is${why}`, async () => {
    const run: Json = {
      script: { language: "python", code: "import sys; print(sys.argv[1:])", arguments: ["a"] },
    };
    expect(await tryRun(run)).toBe("['a']\n");
  });
});

describe("without consent", () => {
  const refuse = { hasConsent: () => false };
  test("nothing runs, and the refusal says what", async () => {
    const folder = newFolder();
    const failure = await failureOf(tryRun(shell("touch ran"), { folder, ...refuse }));
    expect(failure).toMatchObject({
      status: 403,
      title: "No consent",
      detail: expect.stringMatching(/\([0-9a-f]{12}\): touch ran$/),
    });
    expect(existsSync(join(folder, "ran"))).toBe(false);
    expect(await failureOf(tryRun(script("1"), refuse))).toMatchObject({ status: 403 });
  });

  test("to what an input changes it to, what was allowed runs no more", async () => {
    const store = new ConsentStore(newFolder());
    const seen: ShownProgram[] = [];
    const folder = newFolder();
    const hasConsent = (program: ShownProgram): boolean => {
      seen.push(program);
      return store.has(program);
    };
    const run = shell("echo", { arguments: ["${ .word }"] });
    await failureOf(tryRun(run, { folder, hasConsent, input: { word: "a" } }));
    expect(seen).toEqual([
      { kind: "shell", argv: ["/bin/sh", "-c", 'echo "$@"', "sh", "a"], variables: [], folder },
    ]);
    store.grant(seen[0] as ShownProgram);
    expect(await tryRun(run, { folder, hasConsent, input: { word: "a" } })).toBe("a\n");
    expect(
      await failureOf(tryRun(run, { folder, hasConsent, input: { word: "b" } })),
    ).toMatchObject({ status: 403 });
  });
});

describe("a program that is cancelled", () => {
  test.each([
    ["ends", "echo $$ > started; sleep 60"],
    ["ends with what it started", "sh -c 'echo $$ > started; sleep 60' & wait"],
    ["ends although it will not", "trap '' TERM; echo $$ > started; while :; do sleep 1; done"],
  ])("%s within a second", async (_, command) => {
    const folder = newFolder();
    const cancel = new AbortController();
    const reason = new Error("cancelled");
    const run = tryRun(shell(command), { folder, signal: cancel.signal }).catch(
      (thrown: unknown) => thrown,
    );
    const pid = await firstLine(folder, "started");
    const cancelledAt = performance.now();
    cancel.abort(reason);
    expect(await run).toBe(reason);
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    expect(await isGone(pid)).toBe(true);
  });

  test("leaves nothing in the background when it ends by itself", async () => {
    const folder = newFolder();
    expect(await tryRun(shell("sleep 60 & echo $! > started; echo done"), { folder })).toBe(
      "done\n",
    );
    expect(await isGone(await firstLine(folder, "started"))).toBe(true);
  });
});

/** Waits for a file that a program writes, and reads the process id in it. */
async function firstLine(folder: string, name: string): Promise<number> {
  const file = Bun.file(join(folder, name));
  let text = "";
  await pollUntil(async () => {
    text = await file.text().catch(() => "");
    return text.endsWith("\n");
  }, 10_000);
  return Number(text);
}

function isGone(pid: number): Promise<boolean> {
  return pollUntil(async () => {
    const stat = await Bun.file(`/proc/${pid}/stat`)
      .text()
      .catch(() => "gone");
    return stat === "gone" || /\) [ZX] /.test(stat);
  }, 2000);
}
