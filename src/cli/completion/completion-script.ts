import { StigmerError } from "../../contract/errors.ts";
import bash from "./scripts/stigmer.bash" with { type: "text" };
import fish from "./scripts/stigmer.fish" with { type: "text" };
import powershell from "./scripts/stigmer.ps1" with { type: "text" };
import zsh from "./scripts/stigmer.zsh" with { type: "text" };

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish, powershell };

/** What a shell reads to complete `stigmer` lines. @throws StigmerError `usage` for another shell. */
export function completionScript(shell: string): string {
  const script = scripts[shell];
  if (script !== undefined) return script;
  throw new StigmerError("usage", `There is no completion for "${shell}".`, {
    hint: `One of: ${Object.keys(scripts).join(", ")}`,
  });
}
