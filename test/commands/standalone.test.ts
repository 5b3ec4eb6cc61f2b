import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { isLeftOut } from "../support/remote-mode.ts";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import type { RunningCommand } from "../support/running-command.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

const program = fileURLToPath(
  new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);
const agent = (spec: object = {}) => ({
  kind: "Agent",
  metadata: { slug: "draft" },
  spec: { instructions: "Be brief.", model: "script/echo", ...spec },
});
/** Calls a tool that never answers. */
const hanging = agent({
  model: "script/auto",
  mcpServers: [
    {
      inline: { name: "tools", spec: { stdio: { command: process.execPath, args: [program] } } },
      enabledTools: ["wait"],
    },
  ],
});

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open();
  mkdirSync(home.at("tmp"));
  writeFileSync(home.at("draft.yaml"), JSON.stringify(agent()));
  writeFileSync(home.at("hanging.yaml"), JSON.stringify(hanging));
});
afterAll(() => home[Symbol.asyncDispose]());

const execute = (file: string) => ["agent", "execute", "--standalone", "-f", file, "hello"];

/** No home, and temporary files in a folder that only these tests use. */
function nowhere(more: Readonly<Record<string, string>> = {}) {
  return { env: { HOME: "", STIGMER_HOME: "", TMPDIR: home.at("tmp"), ...more } };
}

/** Data folders of standalone commands, and the processes that work with one. */
function leftovers(): { readonly folders: string[]; readonly processes: number[] } {
  const mark = `${home.at("tmp")}/stigmer-standalone-`;
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environmentOf(pid).includes(mark));
  return { folders: readdirSync(home.at("tmp")), processes: processes.map(Number) };
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return ""; // It has ended.
  }
}

/** Waits until nothing is left; the limit of the test is the limit. */
async function untilNothingIsLeft(): Promise<void> {
  for (;;) {
    const { folders, processes } = leftovers();
    if (folders.length + processes.length === 0) return;
    // oxlint-disable-next-line no-await-in-loop -- looks again
    await Bun.sleep(20);
  }
}

async function startHanging(): Promise<RunningCommand> {
  const command = home.start(execute("hanging.yaml"), nowhere());
  await command.says("→ tools__wait");
  // The daemon, a runner and the MCP server.
  expect(leftovers().processes.length).toBeGreaterThanOrEqual(3);
  return command;
}

const noProc = process.platform !== "linux" || isLeftOut("standalone");

describe.skipIf(noProc)("a standalone command (looks for its processes in /proc)", () => {
  test("answers where there is no home, and leaves nothing", async () => {
    const end = await home.run(execute("draft.yaml"), nowhere());
    expect(end).toMatchObject({ exitCode: 0, stdout: "hello\n", stderr: "" });
    expect(leftovers()).toEqual({ folders: [], processes: [] });
    expect(existsSync(home.home)).toBe(false);
  });

  test("runs a project, and checks one", async () => {
    await home.output(["init", "shop"]);
    const inside = { cwd: home.at("shop"), ...nowhere() };
    expect(await home.output(["run", "--standalone"], inside)).toContain("script/hello");
    const checked = await home.output(["apply", "--dry-run", "--standalone"], inside);
    expect(checked).toBe("agent/hello created (dry run)\n");
    writeFileSync(
      home.at("shop/agents/hello.yaml"),
      "kind: Agent\nmetadata: {slug: x}\nspec: {}\n",
    );
    expect((await home.run(["apply", "--dry-run", "--standalone"], inside)).exitCode).toBe(2);
    expect(leftovers()).toEqual({ folders: [], processes: [] });
  });

  test("that fails leaves nothing either", async () => {
    const end = await home.run([...execute("draft.yaml"), "-m", "openai/gpt-5"], nowhere());
    expect(end.exitCode).toBe(4);
    expect(leftovers()).toEqual({ folders: [], processes: [] });
  });

  test("asks no keychain", async () => {
    const asked: unknown[] = [];
    const bus = createServer((socket) => void asked.push(socket.destroy()));
    await new Promise<void>((resolve) => bus.listen(home.at("bus"), resolve));
    const env = nowhere({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.at("bus")}` });
    expect((await home.run(execute("draft.yaml"), env)).exitCode).toBe(0);
    expect(asked).toEqual([]);
    await new Promise((resolve) => bus.close(resolve));
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("that gets %s ends what it started", async (signal, exitCode) => {
    const command = await startHanging();
    command.kill(signal);
    const end = await command.end();
    expect(end.exitCode).toBe(exitCode);
    expect(end.stderr).not.toContain("stigmer execution get");
    expect(leftovers()).toEqual({ folders: [], processes: [] });
  });

  test("keeps its timeout", async () => {
    const end = await home.run([...execute("hanging.yaml"), "--timeout", "2s"], nowhere());
    expect(end.exitCode).toBe(124);
    await untilNothingIsLeft();
  });

  test("that is killed leaves nothing: its daemon ends with it", async () => {
    const command = await startHanging();
    command.kill("SIGKILL");
    await command.end();
    await untilNothingIsLeft();
  });

  test("that is killed with its daemon is cleared away by a later one", async () => {
    const command = await startHanging();
    const { folders, processes } = leftovers();
    for (const pid of [command.pid, ...processes]) process.kill(pid, "SIGKILL");
    await command.end();
    const [left = ""] = folders;
    expect(readdirSync(home.at("tmp"))).toEqual([left]);
    await home.output(execute("draft.yaml"), nowhere());
    expect(readdirSync(home.at("tmp"))).toEqual([left]);
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(home.at("tmp", left), longAgo, longAgo);
    await home.output(execute("draft.yaml"), nowhere());
    expect(leftovers()).toEqual({ folders: [], processes: [] });
  });
});

test.each([["--detach"], ["--no-start"], ["--session=@last"], ["--wait=1s"], ["--context=x"]])(
  "a standalone command refuses %s: nothing of it stays",
  async (flag) => {
    expectRefusal(await home.run([...execute("draft.yaml"), flag], nowhere()), {
      exitCode: 2,
      error: /^error: --[a-z-]+ and --standalone exclude each other/,
      hint: "ends with its command",
    });
  },
);
