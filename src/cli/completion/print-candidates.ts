import { toStigmerError } from "../../contract/errors.ts";
import { processVariables } from "../../system/environment.ts";
import { writeStdout } from "../output/write-stdout.ts";
import { type Candidate, candidatesFor, type NameSource } from "./candidates.ts";

/**
 * `stigmer __complete WORD…`: prints what can stand at the cursor, a word a line, with a tab and its
 * meaning where there is one; `:files` and a tab and a lead leaves it to the shell, which puts the
 * lead before each path. Asks a running daemon for names and never starts one. Ends with 0
 * where it can print: a completion that fails offers nothing.
 */
export async function printCandidates(words: readonly string[]): Promise<number> {
  const candidates = candidatesFor(words);
  switch (candidates.kind) {
    case "files":
      return await writeStdout(`:files\t${candidates.lead}\n`);
    case "words":
      return await writeStdout(linesOf(candidates.words));
    case "names": {
      const { lead, typed } = candidates.at;
      const names = await namesOf(candidates.source);
      const fitting = names.filter(({ word }) => word.startsWith(typed));
      return await writeStdout(
        linesOf(fitting.map((name) => ({ ...name, word: lead + name.word }))),
      );
    }
  }
}

async function namesOf(source: NameSource): Promise<readonly Candidate[]> {
  try {
    if (source.from === "settings") {
      return (await import("./setting-candidates.ts")).settingCandidates();
    }
    if (source.from === "contexts") {
      const { contextNames } = await import("../connect/context-names.ts");
      return await contextNames(processVariables());
    }
    if (source.from === "setting-values") {
      return (await import("./setting-candidates.ts")).settingValueCandidates(source.setting);
    }
    return await (await import("./stored-names.ts")).storedNames(source);
  } catch (thrown) {
    toStigmerError(thrown); // A shell has no place to show it.
    return [];
  }
}

function linesOf(candidates: readonly Candidate[]): string {
  return candidates
    .map(({ word, meaning = "" }) => (meaning === "" ? `${word}\n` : `${word}\t${meaning}\n`))
    .join("");
}
