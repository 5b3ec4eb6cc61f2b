import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { standardFailure } from "../workflow-failure.ts";
import type { ProcessHost } from "./process-host.ts";

export interface Interpreter {
  readonly path: string;
  /** What comes before the file of the script. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly fileName: string;
}

/** @throws WorkflowFailure configuration when there is no Python */
export function interpreterOf(
  language: "js" | "python",
  host: Pick<ProcessHost, "self" | "environment">,
): Interpreter {
  if (language === "js") {
    return {
      path: host.self.command,
      // A script brings what it needs: nothing is fetched because a name in it is not known.
      args: ["run", "--no-install"],
      env: {
        BUN_BE_BUN: "1",
        // Otherwise a bunfig.toml in the working folder could preload code, and its .env be loaded.
        BUN_OPTIONS: "--config=/dev/null --no-env-file",
      },
      fileName: "script.mjs",
    };
  }
  const search = { PATH: host.environment["PATH"] ?? "" };
  const path = Bun.which("python3", search) ?? Bun.which("python", search);
  if (path !== null) return { path, args: [], env: {}, fileName: "script.py" };
  throw standardFailure(
    "configuration",
    "there is no python3 on PATH to run a script in Python; install it, or write the script in js",
  );
}

/** A script in a folder of its own, for as long as it runs. */
export class ScriptFile implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.path = join(folder, name);
  }

  static async write(scratch: string, name: string, source: string): Promise<ScriptFile> {
    const file = new ScriptFile(await mkdtemp(join(scratch, "script-")), name);
    await writeFile(file.path, source, { mode: 0o600, flag: "wx" });
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
