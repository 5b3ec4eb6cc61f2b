import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Check, type CheckFamily, type DoctorFacts, ok, skipped } from "./check.ts";

/** Where a shell looks for completions, and how one gets there. Below the home folder. */
const shells: Readonly<
  Record<string, { readonly files: readonly string[]; readonly fix: string }>
> = {
  bash: {
    files: [".bashrc", ".bash_profile", ".local/share/bash-completion/completions/stigmer"],
    fix: `echo 'eval "$(stigmer completion bash)"' >> ~/.bashrc`,
  },
  zsh: {
    files: [".zshrc", ".zprofile"],
    fix: `echo 'eval "$(stigmer completion zsh)"' >> ~/.zshrc`,
  },
};

export const completionChecks: CheckFamily = { name: "completion", run: checkCompletion };

async function checkCompletion({ variables }: DoctorFacts): Promise<Check[]> {
  const name = "completion";
  const shell = basename(variables["SHELL"] ?? "");
  const known = shells[shell];
  const home = variables["HOME"];
  if (!known || !home) return [skipped(name, `not looked for in the shell "${shell}"`)];
  const texts = await Promise.all(
    known.files.map((file) => readFile(join(home, file), "utf8").catch(() => "")),
  );
  if (texts.some((text) => text.includes("stigmer"))) return [ok(name, `installed for ${shell}`)];
  return [skipped(name, `not installed for ${shell}`, known.fix)];
}
