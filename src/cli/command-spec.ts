import type { CommandContext } from "./command-context.ts";
import type { CommandResult } from "./command-result.ts";
import type { Invocation } from "./invocation.ts";
import type { ResultSpec } from "./result-spec.ts";

/** A value that stands on its own: `NAME` in `stigmer agent get NAME`. */
export interface ArgumentSpec {
  /** As help shows it: upper-case. */
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  /** Takes every value that is left. */
  readonly repeated?: boolean;
  /** Taken from behind `--`, as they are. */
  readonly afterDashes?: boolean;
  readonly choices?: readonly string[];
  /** What shell completion offers. */
  readonly complete?: CompletionSource;
}

export type FlagType = "boolean" | "string" | "integer" | "duration";

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** Placeholder of the value in help: `MODEL`. */
  readonly value?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** What it means without a value, which then has to follow behind `=`. */
  readonly bare?: string;
  /** Shown in help. */
  readonly defaultText?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
  readonly complete?: CompletionSource;
}

/** What completion offers: names that a running daemon knows, words of a table, the shell's files. */
export type CompletionSource =
  | "agent"
  | "mcp"
  | "skill"
  | "environment"
  | "workflow"
  | "schedule"
  | "session"
  | "execution"
  | "kind"
  /** Of the kind that the first argument names. */
  | "name-of-kind"
  | "provider"
  | "context"
  | "setting"
  /** Of the setting that the first argument names. */
  | "setting-value"
  | "file"
  /** A file behind `@`, otherwise any text. */
  | "text-or-file";

export interface CommandExample {
  readonly line: string;
  readonly meaning: string;
}

export type CommandHandler = (
  invocation: Invocation,
  context: CommandContext,
) => Promise<CommandResult>;

export interface CommandSpec {
  readonly path: readonly string[];
  readonly summary: string;
  /** More than the summary, for the help of this command. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly flags?: readonly FlagSpec[];
  readonly examples?: readonly CommandExample[];
  /** `-o jsonl` prints events while the command runs. */
  readonly streams?: boolean;
  /**
   * Milliseconds after which the command gives up, unless `--timeout` says otherwise. `none`: runs
   * until it is done or interrupted. `own`: the command keeps `--timeout` itself.
   */
  readonly deadline?: number | "none" | "own";
  /** What `-o json` prints: held against its schema by test/commands/output-formats.test.ts. */
  readonly result: ResultSpec;
  readonly load: () => Promise<CommandHandler>;
}

/** A word that only groups commands: `agent`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** Other words that mean the same: `agents`. */
  readonly aliases: readonly string[];
}
