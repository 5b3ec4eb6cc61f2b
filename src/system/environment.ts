import { join } from "node:path";
import { StigmerError } from "../contract/errors.ts";
import { modelProviders } from "../contract/model-providers.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** What the variables of the caller say, apart from settings, which `settings-table.ts` lists. */
export interface CallerEnvironment {
  /** `STIGMER_NO_INPUT`: never ask. */
  readonly noInput: boolean;
  /** `NO_COLOR` (https://no-color.org): not empty. */
  readonly noColor: boolean;
  /** `CLICOLOR_FORCE`: colours even where no terminal is; `0` and empty do not count. */
  readonly forceColor: boolean;
  /** `TERM` is `dumb`: no cursor movement, no colours. */
  readonly dumbTerminal: boolean;
  /** `XDG_RUNTIME_DIR`. */
  readonly runtimeFolder: string | undefined;
  /** Editor command for `edit`: `VISUAL`, then `EDITOR`. */
  readonly editor: string | undefined;
  /** Keys and base URLs of model providers; they travel with an execution, in memory only. */
  readonly modelVariables: Readonly<Record<string, string>>;
}

/** The variables this process was started with. Nothing else in the project reads `process.env`. */
export function processVariables(): Variables {
  return { ...process.env };
}

export function callerEnvironment(variables: Variables): CallerEnvironment {
  return {
    noInput: isOn(variables.STIGMER_NO_INPUT),
    noColor: Boolean(variables.NO_COLOR),
    forceColor: isOn(variables.CLICOLOR_FORCE),
    dumbTerminal: variables.TERM === "dumb",
    runtimeFolder: variables.XDG_RUNTIME_DIR || undefined,
    editor: variables.VISUAL || variables.EDITOR || undefined,
    modelVariables: pick(variables, modelVariableNames()),
  };
}

/**
 * The data folder the caller means: `STIGMER_HOME`, or `.stigmer` in `HOME`.
 * @throws StigmerError failed-precondition when neither is set
 */
export function dataHome(variables: Variables): string {
  if (variables.STIGMER_HOME) return variables.STIGMER_HOME;
  if (variables.HOME) return join(variables.HOME, ".stigmer");
  throw new StigmerError("failed-precondition", "HOME is not set, so there is no data folder", {
    hint: "set STIGMER_HOME to a folder that you can write",
  });
}

/** Whether the caller's variables say where the data folder is. */
export function hasDataHome(variables: Variables): boolean {
  return Boolean(variables.STIGMER_HOME || variables.HOME);
}

const codeLoadingVariables = new Set([
  "BASH_ENV",
  "BUN_BE_BUN",
  "BUN_OPTIONS",
  "GIT_SSH_COMMAND",
  "LD_AUDIT",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  // The loader of the embedded keychain addon asks it first.
  "NAPI_RS_NATIVE_LIBRARY_PATH",
  "NODE_OPTIONS",
  "PYTHONSTARTUP",
]);

/** Whether a variable can make a program load code that neither it nor its user chose. */
export function isCodeLoadingVariable(name: string): boolean {
  return codeLoadingVariables.has(name) || name.startsWith("DYLD_");
}

/**
 * The variables a child process of ours starts with: those of this process without the ones that
 * load code and without what gives access to model providers.
 */
export function scrubbedEnvironment(variables: Variables): Record<string, string> {
  const secret = new Set(modelVariableNames());
  const names = Object.keys(variables);
  return pick(
    variables,
    names.filter((name) => !isCodeLoadingVariable(name) && !secret.has(name)),
  );
}

function modelVariableNames(): string[] {
  return Object.values(modelProviders).flatMap((provider) => [
    ...provider.credentialVariables,
    ...(provider.baseUrlVariable === undefined ? [] : [provider.baseUrlVariable]),
  ]);
}

function pick(variables: Variables, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = variables[name];
    if (value) picked[name] = value;
  }
  return picked;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no"].includes(value.toLowerCase());
}
