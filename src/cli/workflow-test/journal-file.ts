import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { isJsonMap, type Json } from "../../contract/json.ts";
import { fileError } from "../../system/file-error.ts";
import { isSame } from "./matching.ts";
import type { Problem } from "./problem.ts";
import { readDocument } from "./read-document.ts";

const heading =
  "# How the cases of a test ran. Written by `stigmer workflow test --update`; read its changes.\n";

/** The journals of one file of tests, which stand beside it in one file, by the names of their cases. */
export class JournalFile {
  readonly path: string;
  readonly #kept: Readonly<Record<string, Json>>;
  readonly #next = new Map<string, Json>();

  private constructor(path: string, kept: Readonly<Record<string, Json>>) {
    this.path = path;
    this.#kept = kept;
  }

  /** Of `deploy.test.yaml` it is `deploy.journal.yaml`. @throws StigmerError when it cannot be read */
  static async open(testPath: string): Promise<JournalFile> {
    const path = testPath.replace(/(\.test)?\.(ya?ml|json)$/i, "") + ".journal.yaml";
    if (!(await Bun.file(path).exists())) return new JournalFile(path, {});
    const { value } = await readDocument(path);
    const cases = isJsonMap(value) ? value["cases"] : undefined;
    return new JournalFile(path, isJsonMap(cases) ? cases : {});
  }

  /** What is wrong with a journal by the one that is kept. */
  compare(name: string, journal: Json): Problem[] {
    const kept = this.#kept[name];
    if (kept === undefined) {
      return [
        { what: "journal", message: `${this.path} has none of this case; --update writes it` },
      ];
    }
    if (isSame(kept, journal)) return [];
    const compared = { expected: kept, actual: journal };
    return [
      { what: "journal", message: `is not as in ${this.path}; --update takes it over`, compared },
    ];
  }

  /** Takes a journal over; without one, the journal that is kept stays. */
  update(name: string, journal: Json | undefined): void {
    const next = journal ?? this.#kept[name];
    if (next !== undefined) this.#next.set(name, next);
  }

  /** Writes what was taken over, when it is not what is there. @throws StigmerError */
  async save(): Promise<void> {
    const cases = Object.fromEntries(this.#next);
    if (isSame(cases, this.#kept)) return;
    const text = heading + stringify({ cases }, { lineWidth: 0, aliasDuplicateObjects: false });
    try {
      await writeFile(this.path, text);
    } catch (cause) {
      throw fileError("write", this.path, cause);
    }
  }
}
