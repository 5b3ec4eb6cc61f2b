import type { ProjectSetting } from "../../system/settings.ts";

/** One file, folder or pattern, and where the project file says it. */
export interface ProjectResource {
  readonly entry: string;
  /** `FILE:LINE:COLUMN` */
  readonly at: string;
  readonly path: string;
}

/** A project file that was read and checked. */
export interface Project {
  /** Where the project file stands. */
  readonly folder: string;
  /** The file seen from the working folder, as messages name it. */
  readonly file: string;
  readonly name: string;
  /** Files, folders and patterns below the folder. Undefined: the usual ones. */
  readonly resources: readonly ProjectResource[] | undefined;
  /** The agent that runs when none is named, and what it is told when nothing is said. */
  readonly agent: string | undefined;
  readonly message: string | undefined;
  readonly model: string | undefined;
  readonly environments: readonly string[];
  /** What it says of settings. */
  readonly settings: readonly ProjectSetting[];
}
