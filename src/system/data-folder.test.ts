import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { dataFolderAt, openDataFolder } from "./data-folder.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const asRoot = process.getuid?.() === 0;
const modeOf = (path: string) => statSync(path).mode & 0o777;
const refusal = (reason: string) =>
  expect.objectContaining({
    code: "permission-denied",
    message: expect.stringContaining(reason),
    hint: expect.any(String),
  });

describe("openDataFolder", () => {
  test("creates every folder as 0700 whatever the umask was", () => {
    using scratch = new TemporaryFolder();
    process.umask(0o000);
    const folder = openDataFolder({ home: scratch.at("deep/er/home") });
    const made = [folder.home, folder.artifacts, folder.logs, folder.mcp, folder.backups];
    for (const path of [...made, dirname(folder.socket)]) expect(modeOf(path)).toBe(0o700);
  });

  test("lets later files of the process be private", () => {
    using scratch = new TemporaryFolder();
    process.umask(0o022);
    openDataFolder({ home: scratch.at("home") });
    writeFileSync(scratch.at("later"), "");
    expect(modeOf(scratch.at("later"))).toBe(0o600);
  });

  test("opens the same folder again", () => {
    using scratch = new TemporaryFolder();
    const folder = openDataFolder({ home: scratch.at("home") });
    expect(openDataFolder({ home: scratch.at("home") })).toEqual(folder);
  });

  test("closes an empty folder that is open to others", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("home"));
    chmodSync(scratch.at("home"), 0o755);
    openDataFolder({ home: scratch.at("home") });
    expect(modeOf(scratch.at("home"))).toBe(0o700);
  });

  test("refuses and leaves alone a folder with files that is open to others", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("home"));
    writeFileSync(scratch.at("home/letter.txt"), "");
    chmodSync(scratch.at("home"), 0o755);
    expect(() => openDataFolder({ home: scratch.at("home") })).toThrow(refusal("mode 0755"));
    expect(modeOf(scratch.at("home"))).toBe(0o755);
  });

  test("refuses a folder that is a symbolic link, with or without a slash at the end", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("real"), { mode: 0o700 });
    symlinkSync(scratch.at("real"), scratch.at("home"));
    for (const home of [scratch.at("home"), `${scratch.at("home")}/`]) {
      expect(() => openDataFolder({ home })).toThrow(refusal("symbolic link"));
    }
  });

  test.each(["token", "socket"] as const)("refuses a %s that is a symbolic link", (name) => {
    using scratch = new TemporaryFolder();
    const folder = openDataFolder({ home: scratch.at("home") });
    symlinkSync("/dev/null", folder[name]);
    expect(() => openDataFolder({ home: folder.home })).toThrow(refusal("symbolic link"));
  });

  test("refuses a token that others may read", () => {
    using scratch = new TemporaryFolder();
    const folder = openDataFolder({ home: scratch.at("home") });
    writeFileSync(folder.token, "", { mode: 0o600 });
    chmodSync(folder.token, 0o640);
    expect(() => openDataFolder({ home: folder.home })).toThrow(refusal("0640"));
  });

  test.if(asRoot).each(["home", "token"] as const)("refuses another user's %s", (name) => {
    using scratch = new TemporaryFolder();
    const folder = openDataFolder({ home: scratch.at("home") });
    if (name === "token") writeFileSync(folder.token, "", { mode: 0o600 });
    chownSync(folder[name], 65534, 65534);
    expect(() => openDataFolder({ home: folder.home })).toThrow(refusal("belongs to user 65534"));
  });

  test("says what to set when the path leads through a file", () => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("file"), "");
    expect(() => openDataFolder({ home: scratch.at("file/home") })).toThrow(
      expect.objectContaining({
        code: "failed-precondition",
        hint: expect.stringContaining("STIGMER_HOME"),
      }),
    );
  });

  // The kernel's own file system refuses new folders even to root.
  test.if(process.platform === "linux")("says what to set where nothing can be written", () => {
    expect(() => openDataFolder({ home: "/sys/stigmer" })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /cannot create folder \/sys\/stigmer: .*(read-only|permitted)/,
        ),
        hint: expect.stringContaining("STIGMER_HOME"),
      }),
    );
  });
});

describe("a socket path of more than 100 bytes", () => {
  const long = (scratch: TemporaryFolder) => scratch.at("h".repeat(100));

  test("moves to the runtime folder of the login, and is made there", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("xdg"), { mode: 0o700 });
    const folder = openDataFolder({ home: long(scratch), runtimeFolder: scratch.at("xdg") });
    expect(folder.socket).toStartWith(scratch.at("xdg/stigmer/"));
    expect(modeOf(dirname(folder.socket))).toBe(0o700);
  });

  test("moves to a folder of the user in /tmp without one, or when that is too long itself", () => {
    using scratch = new TemporaryFolder();
    const perUser = `/tmp/stigmer-${process.getuid?.()}/`;
    for (const runtimeFolder of [undefined, scratch.at("x".repeat(100))]) {
      const { socket } = dataFolderAt({ home: long(scratch), runtimeFolder });
      expect(socket).toStartWith(perUser);
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    }
  });

  test("differs between data folders", () => {
    using scratch = new TemporaryFolder();
    const home = long(scratch);
    expect(dataFolderAt({ home }).socket).not.toBe(dataFolderAt({ home: `${home}2` }).socket);
  });

  test("is refused in a folder that is a symbolic link", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("xdg"), { mode: 0o700 });
    mkdirSync(scratch.at("elsewhere"), { mode: 0o700 });
    symlinkSync(scratch.at("elsewhere"), scratch.at("xdg/stigmer"));
    const location = { home: long(scratch), runtimeFolder: scratch.at("xdg") };
    expect(() => openDataFolder(location)).toThrow(refusal("symbolic link"));
  });

  test("stays in the data folder up to 100 bytes, counted in UTF-8", () => {
    const rest = "/run/stigmer.sock".length;
    const fits = `/${"h".repeat(99 - rest)}`;
    expect(dataFolderAt({ home: fits }).socket).toStartWith(fits);
    expect(dataFolderAt({ home: `/${"ü".repeat(99 - rest)}` }).socket).toStartWith("/tmp/");
  });
});

test("paths alone touch no file", () => {
  using scratch = new TemporaryFolder();
  rmSync(scratch.path, { recursive: true });
  dataFolderAt({ home: scratch.path });
  expect(existsSync(scratch.path)).toBe(false);
});
