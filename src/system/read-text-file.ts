import { readFileSync } from "node:fs";
import { fileError, systemCodeOf } from "./file-error.ts";

/**
 * The text of a file people edit, or undefined when there is none. Links are followed.
 * @throws StigmerError
 */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw fileError("read", path, cause);
  }
}
