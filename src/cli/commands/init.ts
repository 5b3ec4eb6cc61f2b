import { basename, join, resolve } from "node:path";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";
import { offlineModel, projectFiles } from "../project/project-files.ts";
import { writeNewFiles } from "../project/write-new-files.ts";

/** Writes a project that runs with nothing but this program. */
export async function initProject(
  invocation: Invocation,
  { terminal }: CommandContext,
): Promise<CommandResult> {
  const folder = invocation.optionalArgument("DIR") ?? "";
  const name = basename(resolve(folder)) || "project";
  const { written, kept } = await writeNewFiles(folder, projectFiles(name));
  for (const file of kept) terminal.say(`${file} is there already and stays as it is.`);
  terminal.notice(`The model is ${offlineModel}: offline, with one answer to everything.`);
  terminal.notice(`Another model: defaults.model in ${join(folder, "stigmer.yaml")}`);
  const text = written.map((file) => `${file} written\n`).join("");
  const goThere =
    folder === "" || resolve(folder) === resolve("") ? "" : `cd ${quoted(folder)} && `;
  return {
    output: textOutput(text, {
      name,
      folder: resolve(folder),
      written: [...written],
      kept: [...kept],
    }),
    next: `Next: ${goThere}stigmer run`,
  };
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
