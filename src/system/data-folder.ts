import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileError } from "./file-error.ts";
import { openPrivateFolder } from "./private-folder.ts";
import { checkOwnPath, checkPrivatePath } from "./private-path.ts";

/** Where everything of one installation lies. Absolute paths. */
export interface DataFolder {
  readonly home: string;
  readonly database: string;
  readonly lock: string;
  readonly artifacts: string;
  readonly daemonRecord: string;
  readonly socket: string;
  readonly token: string;
  readonly logs: string;
  readonly config: string;
  readonly mcp: string;
  readonly backups: string;
  /** Which store holds the secrets; see `secret-store.ts`. */
  readonly secretSource: string;
  /** Secrets of a machine without a keychain. */
  readonly credentials: string;
  /** Servers that were logged in to. */
  readonly contexts: string;
}

export interface DataFolderLocation {
  /** `STIGMER_HOME` or `~/.stigmer`; a relative path is taken from the working folder. */
  readonly home: string;
  /** `XDG_RUNTIME_DIR`: where a socket goes whose path in the data folder would be too long. */
  readonly runtimeFolder?: string | undefined;
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const longestSocketPath = 100;

/** The paths of a data folder. Touches no file. */
export function dataFolderAt(location: DataFolderLocation): DataFolder {
  const home = resolve(location.home);
  return {
    home,
    database: join(home, "data/stigmer.db"),
    lock: join(home, "data/daemon.lock"),
    artifacts: join(home, "data/artifacts"),
    daemonRecord: join(home, "run/daemon.json"),
    socket: socketPath(home, location.runtimeFolder),
    token: join(home, "run/token"),
    logs: join(home, "logs"),
    config: join(home, "config.yaml"),
    mcp: join(home, "mcp"),
    backups: join(home, "backups"),
    secretSource: join(home, "secret-source.json"),
    credentials: join(home, "credentials.json"),
    contexts: join(home, "contexts.yaml"),
  };
}

/**
 * Creates what is missing of a data folder and makes sure that it is this user's alone.
 *
 * Sets the umask of the process to 077: SQLite and others that choose no mode of their own write
 * private files from here on.
 * @throws StigmerError permission-denied for a link, another user's or an open folder, token or
 *   socket; failed-precondition for a read-only file system
 */
export function openDataFolder(location: DataFolderLocation): DataFolder {
  process.umask(0o077);
  const folder = dataFolderAt(location);
  const hint = "set STIGMER_HOME to a folder that you can write";
  openPrivateFolder(folder.home, hint);
  for (const path of foldersWithin(folder)) openPrivateFolder(path, hint);
  checkWritable(folder.home, hint);
  checkPrivatePath(folder.token, "file");
  checkOwnPath(folder.socket, "socket");
  return folder;
}

function foldersWithin(folder: DataFolder): string[] {
  const { database, artifacts, daemonRecord, logs, mcp, backups, socket } = folder;
  const folders = [dirname(database), artifacts, dirname(daemonRecord), logs, mcp, backups];
  const socketFolder = dirname(socket);
  return folders.includes(socketFolder) ? folders : [...folders, socketFolder];
}

function checkWritable(home: string, hint: string): void {
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw fileError("write in", home, cause, hint);
  }
}

function socketPath(home: string, runtimeFolder: string | undefined): string {
  const usual = join(home, "run/stigmer.sock");
  if (fitsSocket(usual)) return usual;
  const name = `${createHash("sha256").update(home).digest("hex").slice(0, 16)}.sock`;
  const perLogin = runtimeFolder ? join(runtimeFolder, "stigmer", name) : undefined;
  if (perLogin && fitsSocket(perLogin)) return perLogin;
  return join("/tmp", `stigmer-${process.getuid?.() ?? 0}`, name);
}

function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= longestSocketPath;
}
