import type { CallerEnvironment } from "../system/environment.ts";
import { type OutputFormat, outputFormats } from "./output/render-output.ts";

/** How the user wants to be answered. */
export interface Preferences {
  readonly format: OutputFormat;
  /** Names only, no notices. */
  readonly quiet: boolean;
  readonly color: "auto" | "always" | "never";
  readonly noInput: boolean;
}

/** The settings `output` and `color`. */
export interface ConfiguredPreferences {
  readonly output?: string;
  readonly color?: string;
}

const formatOption = /^(?:--output(?:=|$)|-o=?)(.*)$/;
const jqOption = /^--jq(?:=|$)(.*)$/;
const colorOption = /^--color(?:=|$)(.*)$/;

/**
 * Reads the preferences out of words that may be wrong in every other way, so that an error about
 * them is shown as the user wants. What is not understood here is refused when they are parsed.
 */
export function readPreferences(
  words: readonly string[],
  environment: CallerEnvironment,
  configured: ConfiguredPreferences = {},
): Preferences {
  const end = words.indexOf("--");
  const flags = end < 0 ? words : words.slice(0, end);
  const quiet = flags.includes("-q") || flags.includes("--quiet");
  const filtered = valueOf(flags, jqOption) !== undefined;
  const chosen = filtered ? "json" : quiet ? "name" : configured.output;
  const format = valueOf(flags, formatOption) ?? chosen;
  const color = valueOf(flags, colorOption) ?? configured.color;
  return {
    format: outputFormats.find((known) => known === format) ?? "table",
    quiet,
    color: color === "always" || color === "never" ? color : "auto",
    noInput: environment.noInput || flags.includes("--no-input"),
  };
}

/** The last value of a flag, in the same word or the next one. */
function valueOf(words: readonly string[], flag: RegExp): string | undefined {
  let value: string | undefined;
  for (const [index, word] of words.entries()) {
    const match = flag.exec(word);
    if (match) value = match[1] || words[index + 1];
  }
  return value;
}
