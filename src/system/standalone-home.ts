import { lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { StigmerError } from "../contract/errors.ts";
import { endChildren } from "./end-children.ts";
import type { DataFolder } from "./data-folder.ts";
import { fileError } from "./file-error.ts";
import { isLocked } from "./file-lock.ts";

const prefix = "stigmer-standalone-";

/** A new one is not locked before its daemon runs. */
const newForMs = 60_000;

/** A data folder for one command, in the folder for temporary files, 0700. */
export function makeStandaloneHome(): string {
  const folder = tmpdir();
  try {
    return mkdtempSync(join(realpathSync(folder), prefix));
  } catch (cause) {
    throw fileError("create a folder in", folder, cause, "set TMPDIR to a folder you can write");
  }
}

/** Tag of every process below the daemon of a data folder, unique to it. */
export function childTagOf(home: string): string {
  return `${home}#`;
}

/**
 * Deletes a data folder of one command and all that is in it.
 * @throws StigmerError `internal` for any other data folder
 */
export function removeStandaloneHome({ home, socket }: Pick<DataFolder, "home" | "socket">): void {
  if (!basename(home).startsWith(prefix)) {
    throw new StigmerError("internal", `${home} was not made for one command`);
  }
  // Elsewhere when the path of the folder is too long for a socket.
  rmSync(socket, { force: true });
  rmSync(home, { recursive: true, force: true });
}

/** Clears away what a power cut or a kill of both processes at once has left. */
export async function sweepStandaloneHomes(at = tmpdir()): Promise<void> {
  const oldest = Date.now() - newForMs;
  for (const name of readdirSync(at).filter((each) => each.startsWith(prefix))) {
    const home = join(realpathSync(at), name);
    const stats = lstatSync(home, { throwIfNoEntry: false });
    if (!stats?.isDirectory() || stats.uid !== process.getuid?.()) continue;
    if (stats.mtimeMs > oldest) continue;
    // One that cannot be removed keeps nobody from working: the next command tries it again.
    // oxlint-disable-next-line no-await-in-loop -- hardly ever there is one
    await removeLeftover(home).catch(() => undefined);
  }
}

async function removeLeftover(home: string): Promise<void> {
  if (isLocked(join(home, "data/daemon.lock"))) return;
  await endChildren(join(home, "mcp"), childTagOf(home));
  rmSync(home, { recursive: true, force: true });
}
