import { Parser } from "yargs/helpers";
import { StigmerError } from "../contract/errors.ts";
import { nearestName } from "../contract/nearest-name.ts";
import { parseDuration } from "../system/duration.ts";
import { bindArguments } from "./bind-arguments.ts";
import { checkChoice } from "./check-choice.ts";
import type { CommandSpec, FlagSpec } from "./command-spec.ts";
import { flagOf, flagsOf } from "./find-command.ts";
import { type FlagValue, Invocation } from "./invocation.ts";

/**
 * Reads the words behind a command's name by the command's entry in the table.
 *
 * @throws StigmerError `usage`: unknown flag, missing or stray argument, a value that is none of
 * the choices; each with the nearest name or the usage line.
 */
export function parseCommandLine(
  command: CommandSpec,
  words: readonly string[],
): Invocation<CommandSpec> {
  const flags = flagsOf(command);
  const parsed = Parser.detailed(joinValues(words, flags), parserOptions(flags));
  const { _: plain, "--": behindDashes = [], ...values } = parsed.argv;
  refuseUnknownFlags(Object.keys(values), command);
  if (parsed.error) throw usageError(command, `${parsed.error.message}.`);
  const bound = bindArguments(command, plain.map(String), behindDashes.map(String));
  return new Invocation(command, bound, readFlags(command, values));
}

/** `--help` anywhere before `--`, however broken the rest is. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words
    .slice(0, end < 0 ? words.length : end)
    .some((word) => word === "--help" || word === "-h");
}

function parserOptions(flags: readonly FlagSpec[]) {
  const valued = flags.filter(({ type }) => type !== "boolean").map(({ name }) => name);
  return {
    alias: Object.fromEntries(flags.map(({ name, short }) => [name, short ? [short] : []])),
    boolean: flags.filter(({ type }) => type === "boolean").map(({ name }) => name),
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "strip-aliased": true,
    },
  };
}

/**
 * Writes `-fvalue` as `--flag=value`, and `--flag value` as `--flag=value` where the value starts with a dash and names no flag, so
 * that text such as `- be brief` can be a value.
 */
function joinValues(words: readonly string[], flags: readonly FlagSpec[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    if (word === "--") return [...joined, ...words.slice(index)];
    const flag = flagOf(word, flags);
    const attached = attachedValue(word, flags);
    if (flag?.bare !== undefined) joined.push(`--${flag.name}=${flag.bare}`);
    else if (attached !== undefined) joined.push(attached);
    else if (flag && flag.type !== "boolean" && next !== undefined && isDashedValue(next, flags)) {
      joined.push(`--${flag.name}=${next}`);
      index++;
    } else {
      joined.push(word);
    }
  }
  return joined;
}

/** `-ojson`: a letter that takes a value, and the value. */
function attachedValue(word: string, flags: readonly FlagSpec[]): string | undefined {
  if (!/^-[a-z]./i.test(word)) return undefined;
  const flag = flagOf(word.slice(0, 2), flags);
  if (!flag || flag.type === "boolean") return undefined;
  return `--${flag.name}=${word.slice(word[2] === "=" ? 3 : 2)}`;
}

function isDashedValue(word: string, flags: readonly FlagSpec[]): boolean {
  if (!word.startsWith("-") || word === "-" || word === "--") return false;
  return flagOf(word.split("=", 1)[0] ?? "", flags) === undefined;
}

function refuseUnknownFlags(names: readonly string[], command: CommandSpec): void {
  const known = flagsOf(command);
  const unknown = names.find((name) => !known.some((flag) => flag.name === name));
  if (unknown === undefined) return;
  const dashed = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
  const nearest = nearestName(
    unknown,
    known.map(({ name }) => name),
  );
  const hint = nearest === undefined ? `${lineOf(command)} --help` : `Did you mean: --${nearest}`;
  throw new StigmerError("usage", `${lineOf(command)} has no flag ${dashed}.`, { hint });
}

function readFlags(
  command: CommandSpec,
  values: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, FlagValue> {
  const read = new Map<string, FlagValue>();
  for (const flag of flagsOf(command)) {
    const value = values[flag.name];
    if (value !== undefined && value !== false) read.set(flag.name, readFlag(command, flag, value));
  }
  return read;
}

function readFlag(command: CommandSpec, flag: FlagSpec, value: unknown): FlagValue {
  if (flag.type === "boolean") return Array.isArray(value) ? value.at(-1) === true : value === true;
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  for (const text of texts) checkChoice(`--${flag.name}`, text, flag.choices);
  if (flag.repeated === true) return texts;
  const text = texts.at(-1) ?? "";
  if (flag.type === "integer") return readInteger(command, flag, text);
  if (flag.type === "duration") parseDuration(text);
  return text;
}

function readInteger(command: CommandSpec, flag: FlagSpec, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(command, `--${flag.name} takes a whole number, not "${text}".`);
}

function usageError(command: CommandSpec, message: string): StigmerError {
  return new StigmerError("usage", message, { hint: `${lineOf(command)} --help` });
}

function lineOf(command: CommandSpec): string {
  return `stigmer ${command.path.join(" ")}`;
}
