import type { Json } from "../../contract/json.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { type Finding, pointerTo } from "./finding.ts";

/** Lists of `use` whose entries are called by name. */
export type UseList = "authentications" | "errors" | "functions" | "retries" | "timeouts";

/** The names that `use` of a document declares: known before anything that uses them is read. */
export interface UseNames {
  readonly of: Readonly<Record<UseList, ReadonlySet<string>>>;
  readonly secrets: ReadonlySet<string>;
}

/** A value of the document, where it stands, and what may be said there. */
export interface Place {
  readonly value: Json;
  readonly pointer: string;
  readonly reading: Reading;
  /** Names, without `$`, that expressions may use here besides those that are always there. */
  readonly variables: readonly string[];
  /** Whether `$secrets` may be used here: only what is evaluated for an effect is never recorded. */
  readonly usesSecrets: boolean;
}

/**
 * Reads one kind of value. `undefined`: the value is no such thing, and the findings say why; so a
 * definition is read to its end, with everything that is wrong.
 */
export type Reader<T> = (place: Place) => T | undefined;

/** What a reader reads. */
export type ReadBy<R> = R extends Reader<infer T> ? T : never;

/**
 * How texts are evaluated. `strict`: what stands in `${ … }`. `loose`: every text that is jq, too;
 * where that fails it is the text itself.
 */
export type EvaluationMode = "strict" | "loose";

/** More is a file of something else; nobody reads them one by one. */
const maxFindings = 200;
/** Names that a mistyped one is compared with: it takes microseconds for each. */
const maxCandidates = 500;

/** Collects what is found while a definition is read. */
export class Reading {
  readonly useNames: UseNames;
  readonly mode: EvaluationMode;
  readonly #findings: Finding[] = [];
  #isSound = true;

  constructor(useNames: UseNames, mode: EvaluationMode = "strict") {
    this.useNames = useNames;
    this.mode = mode;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Whether it can become a definition. */
  get isSound(): boolean {
    return this.#isSound;
  }

  refuse({ pointer }: Pick<Place, "pointer">, rule: string, message: string): undefined {
    this.#isSound = false;
    this.#add({ severity: "error", pointer, rule, message });
    return undefined;
  }

  warn({ pointer }: Pick<Place, "pointer">, rule: string, message: string): void {
    this.#add({ severity: "warning", pointer, rule, message });
  }

  /** What a mistyped name most likely meant; nothing when nobody would read it. */
  nearest(name: string, candidates: Iterable<string>): string | undefined {
    if (this.#findings.length >= maxFindings) return undefined;
    return nearestName(name, [...candidates].slice(0, maxCandidates));
  }

  #add(finding: Finding): void {
    if (this.#findings.length < maxFindings) this.#findings.push(finding);
  }
}

export function childOf(place: Place, member: string | number, value: Json): Place {
  return { ...place, value, pointer: pointerTo(place.pointer, member) };
}

/** A place where expressions may use further names. */
export function withVariables(place: Place, names: readonly string[]): Place {
  return { ...place, variables: [...new Set([...place.variables, ...names])] };
}

/** Reads what is evaluated only when it is used, so that a run records nothing of it. */
export function withSecrets<T>(reader: Reader<T>): Reader<T> {
  return (place) => reader({ ...place, usesSecrets: true });
}

/** `the number 5`, `"text"`, `a list`: a value in a sentence. */
export function valueText(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return `the ${typeof value} ${value}`;
  return value.length > 60 ? `"${value.slice(0, 60).toWellFormed()}…"` : `"${value}"`;
}
