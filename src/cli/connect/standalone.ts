import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { StigmerError } from "../../contract/errors.ts";
import { endChildren } from "../../system/end-children.ts";
import { type DataFolder, dataFolderAt } from "../../system/data-folder.ts";
import {
  childTagOf,
  makeStandaloneHome,
  removeStandaloneHome,
  sweepStandaloneHomes,
} from "../../system/standalone-home.ts";
import type { Invocation } from "../invocation.ts";

/** A daemon that lets its work end first has ended by then. */
const endMs = 10_000;

/**
 * A data folder of one command. Its daemon ends with the command, however that ends: it holds the
 * other end of the daemon's stdin, which the kernel closes.
 */
export class Standalone implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly #daemons: ChildProcess[] = [];

  private constructor(folder: DataFolder) {
    this.folder = folder;
  }

  /**
   * Undefined without `--standalone`.
   *
   * @throws StigmerError `usage` for a flag that wants something to stay
   */
  static async of(invocation: Invocation): Promise<Standalone | undefined> {
    if (!invocation.enabled("standalone")) return undefined;
    const rival = ["no-start", "detach", "session", "wait", "context"].find((flag) =>
      invocation.has(flag),
    );
    if (rival !== undefined) throw nothingStays(rival);
    await sweepStandaloneHomes();
    // Not the user's runtime folder: nothing of it is left there when both processes are killed.
    return new Standalone(dataFolderAt({ home: makeStandaloneHome() }));
  }

  /** Ends a daemon with this command; its stdin is a pipe. */
  adopt(daemon: ChildProcess): void {
    this.#daemons.push(daemon);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = await Promise.all(this.#daemons.map(endDaemon));
    if (ended.includes("killed")) {
      await endChildren(this.folder.mcp, childTagOf(this.folder.home));
    }
    removeStandaloneHome(this.folder);
  }
}

async function endDaemon(daemon: ChildProcess): Promise<"ended" | "killed"> {
  if (hasEnded(daemon)) return "ended";
  daemon.stdin?.destroy();
  const timer = setTimeout(() => daemon.kill("SIGKILL"), endMs);
  await once(daemon, "exit");
  clearTimeout(timer);
  return daemon.signalCode === null ? "ended" : "killed";
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function nothingStays(flag: string): StigmerError {
  return new StigmerError("usage", `--${flag} and --standalone exclude each other.`, {
    hint: "What runs standalone ends with its command, and nothing of it stays.",
  });
}
