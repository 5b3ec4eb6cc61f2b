import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "./file-error.ts";
import { createPrivateFile, readPrivateFile, removeFile } from "./private-file.ts";
import { openPrivateFolder } from "./private-folder.ts";

/** A program as it is shown to the user before it may run. Holds no value of a secret. */
export interface ShownProgram {
  readonly kind: "shell" | "script" | "mcp";
  /** Program and arguments; of a script the language and its arguments. */
  readonly argv: readonly string[];
  /** The text of a script. */
  readonly source?: string;
  /** Names of the variables that it is given besides the usual ones. */
  readonly variables: readonly string[];
  readonly folder: string;
}

/** What consent is bound to: a change of anything that was shown is another program. */
export function digestOf({ kind, argv, source, variables, folder }: ShownProgram): string {
  const shown = [kind, argv, source ?? null, variables.toSorted(), folder];
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex");
}

/**
 * The programs that this user allowed workflows to run: a 0600 file for each in a 0700 folder.
 *
 * Whoever can write there can consent, and without a sandbox that is every program of this user.
 */
export class ConsentStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws StigmerError permission-denied for a file that others could have written */
  has(program: ShownProgram): boolean {
    const digest = digestOf(program);
    const text = readPrivateFile(this.#pathOf(digest));
    // The file says what was shown, so that a person can read it; it has to be what its name says.
    return text !== undefined && digestOf(JSON.parse(text) as ShownProgram) === digest;
  }

  /** @returns its digest */
  grant(program: ShownProgram): string {
    openPrivateFolder(this.#folder);
    const digest = digestOf(program);
    createPrivateFile(this.#pathOf(digest), JSON.stringify(program));
    return digest;
  }

  revoke(digest: string): void {
    removeFile(this.#pathOf(digest));
  }

  list(): { readonly digest: string; readonly program: ShownProgram }[] {
    return this.#digests().flatMap((digest) => {
      const text = readPrivateFile(this.#pathOf(digest));
      return text === undefined ? [] : [{ digest, program: JSON.parse(text) as ShownProgram }];
    });
  }

  #digests(): string[] {
    try {
      const names = readdirSync(this.#folder).toSorted();
      return names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
    } catch (thrown) {
      if (systemCodeOf(thrown) === "ENOENT") return [];
      throw thrown;
    }
  }

  #pathOf(digest: string): string {
    return join(this.#folder, `${digest}.json`);
  }
}
