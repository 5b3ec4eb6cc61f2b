import type { Output } from "./output/output.ts";

/** What a command ends with: something to print, nothing (it printed while it ran), an exit code. */
export interface CommandResult {
  readonly output?: Output;
  /** What to do next: said on stderr, after the output. */
  readonly next?: string;
  /** Absent: 0. */
  readonly exitCode?: number;
}
