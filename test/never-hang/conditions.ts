import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { CommandHome, type HomeOptions, type RunOptions } from "../support/command-home.ts";
import type { RunningCommand } from "../support/running-command.ts";
import { SilentServer } from "../support/silent-server.ts";
import { resource, workflow } from "./lines.ts";

/** Something that is wrong around a command. */
export interface Condition {
  readonly name: string;
  /** Why it cannot be made here; undefined where it can. */
  readonly problem?: string | undefined;
  /** Run every line, not only the first of each command: where reading or waiting could hang. */
  readonly thorough?: true;
  /** How many at a time; more where each of them only waits. */
  readonly atOnce?: number;
  /** @param program path of the compiled program */
  readonly open: (program: string) => Promise<Scene>;
}

/** A data folder, perhaps a daemon, and what is wrong with them. */
export interface Scene extends AsyncDisposable {
  start(words: readonly string[], options: RunOptions): RunningCommand;
}

const config = "model.default: script/echo\nmodel.maxRetries: 0\n";

/** What the lines of the commands speak of. */
async function prepare(home: CommandHome): Promise<void> {
  mkdirSync(home.at("style"));
  writeFileSync(
    home.at("style", "SKILL.md"),
    "---\nname: style\ndescription: Style.\n---\nBrief.\n",
  );
  writeFileSync(home.at("declared.yaml"), resource);
  writeFileSync(home.at("token"), "a-token", { mode: 0o600 });
  writeFileSync(home.at("sample.yaml"), workflow("sample"));
  writeFileSync(home.at("sample.test.yaml"), "workflow: sample.yaml\ncases: [{name: good}]\n");
  for (const name of ["good", "spare"]) {
    await home.output(["skill", "push", "style", "--name", name]);
    await home.output(["agent", "create", name, "-i", "Repeat."]);
    await home.output(["mcp", "add", name, "--", "true"]);
    await home.output(["environment", "create", name, "A=1", "B=2"]);
    await home.output(["workflow", "create", "-f", "-"], { stdin: workflow(name) });
  }
  await home.output(["agent", "execute", "good", "hello"]);
}

interface SceneParts {
  readonly home: CommandHome;
  readonly program: string;
  /** What the command is started by. */
  readonly wrap?: (command: readonly string[]) => readonly string[];
  readonly options?: RunOptions;
  readonly close?: () => Promise<void>;
}

function sceneOf(parts: SceneParts): Scene {
  const { home, program, wrap = (command) => command, options: own = {}, close } = parts;
  return {
    start: (words, options) =>
      home.startProgram(wrap([program, ...words]), {
        ...options,
        ...own,
        env: { ...options.env, ...own.env },
      }),
    async [Symbol.asyncDispose]() {
      await close?.();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** On this machine also where other tests run against a server. */
function openHome(program: string, options: HomeOptions = {}): CommandHome {
  return CommandHome.open({ ...options, program: [program], local: true });
}

/** Something is wrong with the command alone: all that it needs is there. */
function around(parts: Pick<SceneParts, "wrap" | "options"> = {}): Condition["open"] {
  return async (program) => {
    const home = openHome(program, { config });
    await prepare(home);
    return sceneOf({ ...parts, home, program });
  };
}

async function stoppedDaemon(program: string): Promise<Scene> {
  const home = openHome(program, { config });
  await prepare(home);
  const { pid } = await home.json(["local", "status"]);
  process.kill(pid, "SIGSTOP");
  const close = (): Promise<void> => Promise.resolve(void process.kill(pid, "SIGCONT"));
  return sceneOf({ home, program, close });
}

/** Every key is looked for in a keychain whose service takes the call and never answers. */
async function deadKeychain(program: string): Promise<Scene> {
  const folder = new TemporaryFolder();
  const bus = await SilentServer.listen(folder.at("bus"));
  const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder.at("bus")}` };
  const home = openHome(program, { config, env });
  await prepare(home);
  const source = JSON.stringify({ kind: "keychain", namespace: "n", check: "c" });
  writeFileSync(join(home.home, "secret-source.json"), source, { mode: 0o600 });
  const close = async (): Promise<void> => {
    const { asked } = bus;
    await bus[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
    if (asked === 0) throw new Error("nobody asked the dead keychain");
  };
  return sceneOf({ home, program, close });
}

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Root may write everywhere, so there the command becomes somebody else. */
function readOnlyHome(program: string): Promise<Scene> {
  const home = openHome(program);
  const folder = home.at("closed");
  mkdirSync(folder, { mode: 0o500 });
  if (isRoot) {
    chmodSync(home.at("."), 0o711);
    chownSync(folder, nobody, nobody);
  }
  const become = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--"];
  const wrap = (command: readonly string[]) => (isRoot ? [...become, ...command] : command);
  const options = { env: { HOME: folder, STIGMER_HOME: "" } };
  return Promise.resolve(sceneOf({ home, program, wrap, options }));
}

function withoutHome(program: string): Promise<Scene> {
  const options = { env: { HOME: "", STIGMER_HOME: "" } };
  return Promise.resolve(sceneOf({ home: openHome(program), program, options }));
}

/** The one in which an error of usage is an error of the line. */
export const nothingWrong = "nothing is wrong";

export const conditions: readonly Condition[] = [
  { name: nothingWrong, thorough: true, open: around() },
  {
    name: "stdin is a pipe that stays open",
    thorough: true,
    open: around({ options: { openStdin: true } }),
  },
  {
    name: "there is no terminal",
    problem: missing("setsid"),
    open: around({ wrap: (command) => ["setsid", "--wait", ...command] }),
  },
  { name: "there is no HOME", open: withoutHome },
  {
    name: "HOME is read-only",
    problem: isRoot ? missing("setpriv") : undefined,
    open: readOnlyHome,
  },
  {
    name: "the daemon is stopped with SIGSTOP",
    thorough: true,
    atOnce: 12,
    open: stoppedDaemon,
  },
  { name: "the keychain is dead", thorough: true, open: deadKeychain },
  {
    name: "stdout is closed",
    open: around({ wrap: (command) => ["sh", "-c", `"$@" >&-`, "sh", ...command] }),
  },
  {
    name: "nobody reads stdout any more",
    problem: missing("bash"),
    open: around({
      wrap: (command) => [
        "bash",
        "-c",
        `"$@" | true; exit "\${PIPESTATUS[0]}"`,
        "bash",
        ...command,
      ],
    }),
  },
];

function missing(program: string): string | undefined {
  return Bun.which(program) === null ? `${program} is not installed` : undefined;
}
