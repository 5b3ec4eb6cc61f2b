import { StigmerError } from "../../contract/errors.ts";
import type { CommandResult } from "../command-result.ts";
import { completionScripts } from "../completion/scripts.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";

export async function printCompletion(invocation: Invocation): Promise<CommandResult> {
  const shell = invocation.argument("SHELL");
  if (shell !== "bash" && shell !== "zsh") {
    throw new StigmerError("usage", `There is no completion for "${shell}".`, {
      hint: `One of: ${Object.keys(completionScripts).join(", ")}`,
    });
  }
  const script = completionScripts[shell];
  return { output: textOutput(script, { shell, script }) };
}
