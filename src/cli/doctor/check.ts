import { toStigmerError } from "../../contract/errors.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import type { CallerEnvironment, Variables } from "../../system/environment.ts";
import type { Settings } from "../../system/settings.ts";
import type { FoundDaemon } from "./find-daemon.ts";

export type CheckState = "ok" | "warning" | "problem" | "skipped";

/** One thing that was looked at, for somebody whose stigmer does not work. */
export interface Check {
  /** Two or three words. Stable, for scripts. */
  readonly name: string;
  readonly state: CheckState;
  /** What is there, or what is wrong; never a key or a secret. */
  readonly found: string;
  /** What to do: a command where there is one. */
  readonly fix?: string;
}

/** Checks of one subject, made one after the other. */
export interface CheckFamily {
  /** Named when the family does not end in its time. */
  readonly name: string;
  readonly run: (facts: DoctorFacts) => Promise<readonly Check[]>;
}

export function ok(name: string, found: string, fix?: string): Check {
  return { name, state: "ok", found, ...(fix === undefined ? {} : { fix }) };
}

export function warning(name: string, found: string, fix?: string): Check {
  return { name, state: "warning", found, ...(fix === undefined ? {} : { fix }) };
}

export function problem(name: string, found: string, fix?: string): Check {
  return { name, state: "problem", found, ...(fix === undefined ? {} : { fix }) };
}

export function skipped(name: string, found: string, fix?: string): Check {
  return { name, state: "skipped", found, ...(fix === undefined ? {} : { fix }) };
}

/** A problem in the words of the error, with its hint as what to do. */
export function problemOf(name: string, thrown: unknown): Check {
  const { message, hint } = toStigmerError(thrown);
  return problem(name, message, hint);
}

/** What every family starts from. */
export interface DoctorFacts {
  /** Undefined: neither STIGMER_HOME nor HOME is set. */
  readonly folder: DataFolder | undefined;
  readonly variables: Variables;
  /** `--context`. */
  readonly context: string | undefined;
  readonly environment: CallerEnvironment;
  /** Undefined: they cannot be read, which a check of their own says. */
  readonly settings: Promise<Settings | undefined>;
  /** The daemon as it was found; asked once, for all. Never rejects. */
  readonly daemon: Promise<FoundDaemon>;
  /** Aborted when the time of all checks is over. */
  readonly signal: AbortSignal;
  /** Milliseconds that one request to somebody else may take. */
  readonly requestMs: number;
}
