import type { Json } from "../../contract/json.ts";
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
}

/**
 * Reads one kind of value. `undefined`: the value is no such thing, and the findings say why; so a
 * definition is read to its end, with everything that is wrong.
 */
export type Reader<T> = (place: Place) => T | undefined;

/** What a reader reads. */
export type ReadBy<R> = R extends Reader<infer T> ? T : never;

/** Collects what is found while a definition is read. */
export class Reading {
  readonly findings: Finding[] = [];
  readonly useNames: UseNames;

  constructor(useNames: UseNames) {
    this.useNames = useNames;
  }

  refuse({ pointer }: Pick<Place, "pointer">, rule: string, message: string): undefined {
    this.findings.push({ severity: "error", pointer, rule, message });
    return undefined;
  }

  warn({ pointer }: Pick<Place, "pointer">, rule: string, message: string): void {
    this.findings.push({ severity: "warning", pointer, rule, message });
  }

  get isSound(): boolean {
    return !this.findings.some(({ severity }) => severity === "error");
  }
}

export function childOf(place: Place, member: string | number, value: Json): Place {
  return { ...place, value, pointer: pointerTo(place.pointer, member) };
}

/** A place where expressions may use further names. */
export function withVariables(place: Place, names: readonly string[]): Place {
  return { ...place, variables: [...new Set([...place.variables, ...names])] };
}

/** `the number 5`, `"text"`, `a list`: a value in a sentence. */
export function valueText(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return `the ${typeof value} ${value}`;
  return value.length > 60 ? `"${value.slice(0, 60).toWellFormed()}…"` : `"${value}"`;
}
