import { StigmerError } from "../contract/errors.ts";
import { checkChoice } from "./check-choice.ts";
import type { ArgumentSpec, CommandSpec } from "./command-spec.ts";
import { usageLine } from "./usage-line.ts";

/**
 * Gives the words of a command line to the arguments the command declares. What stands behind `--`
 * goes to the argument that asks for it, otherwise it follows the other words.
 *
 * @throws StigmerError `usage` when one is missing, too many or none of its choices.
 */
export function bindArguments(
  command: CommandSpec,
  plain: readonly string[],
  behindDashes: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const specs = command.arguments ?? [];
  const dashed = specs.find(({ afterDashes }) => afterDashes === true);
  const bound = new Map<string, readonly string[]>();
  if (dashed) bound.set(dashed.name, behindDashes);
  const words = dashed ? [...plain] : [...plain, ...behindDashes];
  for (const spec of specs) {
    if (spec === dashed) continue;
    const taken = words.splice(0, spec.repeated === true ? words.length : 1);
    if (taken.length === 0 && spec.optional !== true) throw missing(command, spec);
    for (const word of taken) checkChoice(spec.name, word, spec.choices);
    bound.set(spec.name, taken);
  }
  if (words.length > 0) throw stray(command, words[0] ?? "", dashed);
  return bound;
}

function missing(command: CommandSpec, spec: ArgumentSpec): StigmerError {
  return new StigmerError("usage", `${spec.name} is missing: ${lowerFirst(spec.summary)}.`, {
    hint: usageLine(command),
  });
}

function stray(command: CommandSpec, word: string, dashed: ArgumentSpec | undefined): StigmerError {
  const hint = dashed
    ? `Put ${dashed.name} behind two dashes: ${usageLine(command)}`
    : usageLine(command);
  return new StigmerError("usage", `"${word}" is one argument too many.`, { hint });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
