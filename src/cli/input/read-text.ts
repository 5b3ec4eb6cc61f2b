import { readFile } from "node:fs/promises";
import type { Terminal } from "../terminal.ts";
import { readStdin } from "./read-stdin.ts";
import { unreadableFile } from "./unreadable-file.ts";

export interface InputSource {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * A text given as itself, as `@FILE` or as `-` for stdin. `@@text` is the text `@text`.
 *
 * @throws StigmerError `invalid-argument` when the file cannot be read.
 */
export async function readText(text: string, { terminal, signal }: InputSource): Promise<string> {
  if (text === "-") return await readStdin(terminal, signal);
  if (text.startsWith("@@")) return text.slice(1);
  return text.startsWith("@") ? await readTextFile(text.slice(1)) : text;
}

/** @throws StigmerError `invalid-argument` when the file cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  return (await readFileBytes(path)).toString("utf8");
}

/** @throws StigmerError `invalid-argument` when the file cannot be read. */
export async function readFileBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
}
