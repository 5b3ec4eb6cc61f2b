import type { GivenOptions } from "./program.ts";

export const shellPath = "/bin/sh";

/**
 * The arguments of a shell that runs a command. Arguments of the definition are appended to the
 * command as words that the shell does not look into, and are its `$1`, `$2`, …
 */
export function shellArguments(command: string, { words }: Pick<GivenOptions, "words">): string[] {
  if (words.length === 0) return ["-c", command];
  return ["-c", `${command.trimEnd()} "$@"`, "sh", ...words];
}
