import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { translateNpx } from "./npx-command.ts";

const host = {
  self: { command: "/opt/stigmer", args: ["src/cli.ts"] },
  npx: "auto",
  cacheDir: "/home/me/cache",
} as const;
const emptyPath = "/nonexistent";

function translate(command: string, ...args: string[]) {
  return translateNpx({ name: "files", command, args }, host, emptyPath);
}

describe("npx without Node", () => {
  test("runs on our own executable, with no configuration but ours", () => {
    expect(translate("npx", "-y", "server@1.2.3", "--root", "/srv")).toEqual({
      command: "/opt/stigmer",
      args: ["x", "--bun", "-y", "server@1.2.3", "--root", "/srv"],
      env: {
        BUN_BE_BUN: "1",
        BUN_OPTIONS: "--config=/dev/null --no-env-file",
        BUN_INSTALL_CACHE_DIR: "/home/me/cache",
      },
    });
  });

  test.each([
    [["--yes", "pkg"], ["pkg"]],
    [
      ["-q", "-y", "pkg", "-y"],
      ["pkg", "-y"],
    ],
    [
      ["-y", "--", "pkg", "--", "a"],
      ["pkg", "--", "a"],
    ],
    [
      ["-p", "pkg", "tool", "-p"],
      ["--package", "pkg", "tool", "-p"],
    ],
    [
      ["--package=pkg", "tool"],
      ["--package", "pkg", "tool"],
    ],
  ])("reads %j as %j", (args, expected) => {
    expect(translate("npx", ...args).args.slice(3)).toEqual(expected);
    expect(translate("bunx", ...args).args.slice(3)).toEqual(expected);
  });

  test("refuses an option that has no equivalent, by name", () => {
    expect(() => translate("npx", "--call", "rm -rf x", "pkg")).toThrow(/passes --call to npx/);
  });

  test("refuses a command without a package", () => {
    expect(() => translate("npx", "-y")).toThrow(/without naming a package/);
  });
});

describe("a command that stays as written", () => {
  const asWritten = { command: "npx", args: ["pkg"], env: {} };

  test("is npx, when it is installed", async () => {
    using folder = new TemporaryFolder();
    await writeFile(folder.at("npx"), "#!/bin/sh\n", { mode: 0o755 });
    const server = { name: "files", command: "npx", args: ["pkg"] };
    expect(translateNpx(server, host, folder.path)).toEqual(asWritten);
    expect(translateNpx(server, { ...host, npx: "always" }, folder.path).command).toBe(
      "/opt/stigmer",
    );
  });

  test("is npx, when the setting says never", () => {
    const server = { name: "files", command: "npx", args: ["pkg"] };
    expect(translateNpx(server, { ...host, npx: "never" }, emptyPath)).toEqual(asWritten);
  });

  test("is any other command", () => {
    expect(translate("uvx", "pkg")).toEqual({ command: "uvx", args: ["pkg"], env: {} });
    expect(translate("/usr/bin/npx", "pkg").command).toBe("/usr/bin/npx");
  });
});
