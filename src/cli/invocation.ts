import { parseDuration } from "../system/duration.ts";
import { StigmerError } from "../contract/errors.ts";

export type FlagValue = boolean | number | string | readonly string[];

/** What an invocation needs of the entry in the table that it was checked against. */
interface NamedCommand {
  readonly path: readonly string[];
}

/** What the user typed, checked against the command's entry in the table. */
export class Invocation<Command extends NamedCommand = NamedCommand> {
  readonly command: Command;
  readonly #arguments: ReadonlyMap<string, readonly string[]>;
  readonly #flags: ReadonlyMap<string, FlagValue>;

  constructor(
    command: Command,
    values: ReadonlyMap<string, readonly string[]>,
    flags: ReadonlyMap<string, FlagValue>,
  ) {
    this.command = command;
    this.#arguments = values;
    this.#flags = flags;
  }

  /** `stigmer agent create`. */
  get commandLine(): string {
    return `stigmer ${this.command.path.join(" ")}`;
  }

  /** A value the table declares as needed, so it is there. */
  argument(name: string): string {
    const value = this.optionalArgument(name);
    if (value === undefined)
      throw new StigmerError("internal", `No argument ${name} was declared.`);
    return value;
  }

  optionalArgument(name: string): string | undefined {
    return this.#arguments.get(name)?.[0];
  }

  arguments(name: string): readonly string[] {
    return this.#arguments.get(name) ?? [];
  }

  has(flag: string): boolean {
    return this.#flags.has(flag);
  }

  enabled(flag: string): boolean {
    return this.#flags.get(flag) === true;
  }

  text(flag: string): string | undefined {
    const value = this.#flags.get(flag);
    return typeof value === "string" ? value : undefined;
  }

  texts(flag: string): readonly string[] {
    const value = this.#flags.get(flag);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  integer(flag: string): number | undefined {
    const value = this.#flags.get(flag);
    return typeof value === "number" ? value : undefined;
  }

  /** @throws StigmerError `invalid-argument` when the text is no duration. */
  durationMs(flag: string): number | undefined {
    const value = this.text(flag);
    return value === undefined ? undefined : parseDuration(value);
  }
}
