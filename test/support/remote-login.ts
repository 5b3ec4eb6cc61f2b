import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../scripts/repository.ts";

export interface RemoteLoginOptions {
  readonly serverHome: string;
  readonly home: string;
  /** For what both need beside their homes. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Waits for the first line of the server, or for its end. Started by a shell, so that the tests can
 * wait for it in the middle of an ordinary function.
 */
const startScript = `
  mkfifo "$1/said"
  "$2" "$3" "$4" "$5" "$1" "$6" >"$1/said" 2>"$1/complaint" &
  echo $!
  head -n 1 "$1/said"`;

/** A home that is logged in to the daemon of another one. */
export class RemoteLogin implements Disposable {
  readonly #pid: number;

  constructor({ serverHome, home, folder, variables }: RemoteLoginOptions) {
    const program = `${repositoryRoot}test/support/serve-remote.ts`;
    const args = [folder, process.execPath, program, serverHome, home, String(process.pid)];
    const { stdout } = Bun.spawnSync(["sh", "-c", startScript, "sh", ...args], { env: variables });
    const [pid = "", said] = stdout.toString().split("\n");
    this.#pid = Number(pid);
    if (said !== "ready") throw new Error(readFileSync(join(folder, "complaint"), "utf8"));
  }

  [Symbol.dispose](): void {
    process.kill(this.#pid, "SIGTERM");
  }
}
