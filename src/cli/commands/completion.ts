import type { CommandResult } from "../command-result.ts";
import { completionScript } from "../completion/completion-script.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";

export function printCompletion(invocation: Invocation): Promise<CommandResult> {
  const shell = invocation.argument("SHELL");
  const script = completionScript(shell);
  return Promise.resolve({ output: textOutput(script, { shell, script }) });
}
