import { toStigmerError } from "../../contract/errors.ts";
import type { CompletionSource } from "../command-spec.ts";
import { candidatesFor } from "./candidates.ts";

/** A shell waits for this with every press of Tab. */
const patienceMs = 400;

/**
 * `stigmer __complete WORD…`: prints what can stand at the cursor, one a line; `:files` leaves it to
 * the shell. Asks a running daemon for names and never starts one. Always ends with 0: a completion
 * that fails offers nothing.
 */
export async function printCandidates(words: readonly string[]): Promise<number> {
  const candidates = candidatesFor(words);
  const found = candidates.kind === "words" ? candidates.words : await namesOf(candidates.source);
  await Bun.write(Bun.stdout, found.map((word) => `${word}\n`).join(""));
  return 0;
}

async function namesOf(
  source: Exclude<CompletionSource, "kind" | "provider">,
): Promise<readonly string[]> {
  if (source === "file") return [":files"];
  try {
    if (source === "setting") {
      const { settingPatterns } = await import("../../system/setting-name.ts");
      return settingPatterns;
    }
    const { storedNames } = await import("./stored-names.ts");
    return await storedNames(source, AbortSignal.timeout(patienceMs));
  } catch (thrown) {
    toStigmerError(thrown); // A shell has no place to show it.
    return [];
  }
}
