import { relative } from "node:path";
import type { Variables } from "../../system/environment.ts";
import { findProjectFile, type FoundProjectFile } from "../../system/project-file.ts";
import type { Project } from "./project.ts";

/** The project that a command runs in: looked for at once, read when it is asked for. */
export class CurrentProject {
  readonly #found: FoundProjectFile | undefined;
  readonly #folder: string;
  #read: Promise<Project> | undefined;
  #isUsed = false;

  private constructor(folder: string, found: FoundProjectFile | undefined) {
    this.#folder = folder;
    this.#found = found;
  }

  /** The one of the working folder, which may be gone. */
  static ofWorkingFolder(variables: Variables): CurrentProject {
    try {
      const folder = process.cwd();
      return new CurrentProject(folder, findProjectFile(folder, variables.HOME));
    } catch {
      return new CurrentProject("", undefined);
    }
  }

  /** Why there is none although a file is there. */
  get leftOut(): string | undefined {
    if (this.#found?.kind !== "foreign") return undefined;
    return `${this.#found.path} is left out: it belongs to another user`;
  }

  /** Whether the command asked for it, and so says itself what is wrong with it. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** @throws StigmerError `invalid-argument` with every mistake of the file and where it stands */
  async get(): Promise<Project | undefined> {
    this.#isUsed = true;
    return await this.peek();
  }

  /** {@link get} for whoever can do without. */
  async peek(): Promise<Project | undefined> {
    if (this.#found?.kind !== "own") return undefined;
    const { path } = this.#found;
    this.#read ??= readAt(path, relative(this.#folder, path));
    return await this.#read;
  }
}

async function readAt(path: string, name: string): Promise<Project> {
  return (await import("./read-project.ts")).readProject(path, name);
}
