import type { ArgumentSpec, CommandSpec } from "./command-spec.ts";

/** `stigmer agent execute NAME [MESSAGE…] [flags]`. */
export function usageLine(command: CommandSpec): string {
  const words = ["stigmer", ...command.path, ...(command.arguments ?? []).map(argumentText)];
  return [...words, "[flags]"].join(" ");
}

export function argumentText(argument: ArgumentSpec): string {
  const name = argument.repeated === true ? `${argument.name}…` : argument.name;
  const dashed = argument.afterDashes === true ? `-- ${name}` : name;
  return argument.optional === true ? `[${dashed}]` : dashed;
}
