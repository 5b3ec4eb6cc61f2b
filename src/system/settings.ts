import { StigmerError } from "../contract/errors.ts";
import type { Variables } from "./environment.ts";
import { readTextFile } from "./read-text-file.ts";
import { parseSettingName, settingPatterns } from "./setting-name.ts";
import type { ParsedName } from "./setting-name.ts";
import { describeType, formatSettingValue, parseSettingValue } from "./setting-value.ts";
import type { PlainValue } from "./setting-value.ts";
import type { SettingRow } from "./setting-row.ts";
import { settingsTable } from "./settings-table.ts";
import type { PatternOf, SettingName, SettingPattern, SettingValue } from "./setting-types.ts";

export interface SettingsSources {
  /** `config.yaml`; a file that does not exist sets nothing. */
  readonly file?: string;
  readonly variables: Variables;
  /** What the project file says that the caller is in. */
  readonly project?: readonly ProjectSetting[];
  /** What the command line asks for, by setting name. */
  readonly overrides?: Readonly<Record<string, PlainValue | undefined>>;
}

/** A setting as a project file has it; `place` is `stigmer.yaml:3:7`. */
export interface ProjectSetting {
  readonly name: SettingPattern;
  readonly text: string;
  readonly place: string;
}

/** Where a value comes from, strongest first. */
export type SettingSource =
  | { readonly kind: "override" }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "project"; readonly place: string }
  | { readonly kind: "file"; readonly place: string }
  | { readonly kind: "default" };

export interface SettingCandidate {
  readonly value: PlainValue;
  /** The value as a person would write it. */
  readonly text: string;
  readonly source: SettingSource;
}

export interface SettingExplanation {
  readonly name: string;
  readonly meaning: string;
  /** `integer from 1 to 256`. */
  readonly type: string;
  readonly unit: string | undefined;
  /** A value somebody could really want. */
  readonly example: string;
  /** Names of the flag and the variable that may set it; undefined: none may. */
  readonly flag: string | undefined;
  readonly variable: string | undefined;
  /** The key below `defaults` of a project file; undefined: a project has no say in it. */
  readonly project: string | undefined;
  /** A daemon that runs goes on with the value it started with. */
  readonly readAtStart: boolean;
  /** Undefined: nobody sets it and it has no default. */
  readonly winner: SettingCandidate | undefined;
  /** Whose values lost, strongest first. */
  readonly overruled: readonly SettingCandidate[];
}

/**
 * Gathers and checks every setting: override, then environment variable, then project, then file,
 * then default.
 * @throws StigmerError invalid-argument for an unknown name or a bad value, wherever it stands
 */
export async function readSettings(sources: SettingsSources): Promise<Settings> {
  const entries = [
    ...overrideEntries(sources.overrides ?? {}),
    ...variableEntries(sources.variables),
    ...projectEntries(sources.project ?? []),
    ...(sources.file === undefined ? [] : await fileEntries(sources.file)),
    ...defaultEntries(),
  ];
  const candidates = new Map<string, SettingCandidate[]>();
  for (const [name, candidate] of entries) {
    candidates.set(name, [...(candidates.get(name) ?? []), candidate]);
  }
  return new Settings(candidates);
}

/** Checked settings. Immutable. */
export class Settings {
  readonly #candidates: ReadonlyMap<string, readonly SettingCandidate[]>;

  constructor(candidates: ReadonlyMap<string, readonly SettingCandidate[]>) {
    this.#candidates = candidates;
  }

  /** Durations in milliseconds, sizes in bytes; undefined only for settings without a default. */
  get<N extends SettingName>(name: N): SettingValue<PatternOf<N>> {
    return this.#candidates.get(name)?.[0]?.value as SettingValue<PatternOf<N>>;
  }

  /** Every value set for a pattern, by what stands for its part in capitals. */
  all<P extends SettingPattern>(pattern: P): ReadonlyMap<string, NonNullable<SettingValue<P>>> {
    const values = new Map<string, NonNullable<SettingValue<P>>>();
    for (const [name, [winner]] of this.#candidates) {
      const parsed = parseSettingName(name);
      if (parsed.pattern !== pattern || parsed.placeholder === undefined || !winner) continue;
      values.set(parsed.placeholder, winner.value as NonNullable<SettingValue<P>>);
    }
    return values;
  }

  /** @throws StigmerError invalid-argument for an unknown name */
  explain(name: string): SettingExplanation {
    const { row } = parseSettingName(name);
    const [winner, ...overruled] = this.#candidates.get(name) ?? [];
    const { meaning, unit, example, flag, variable, project, readAtStart = false } = row;
    const sources = { flag, variable, project };
    const facts = { meaning, type: describeType(row), unit, example, readAtStart };
    return { name, ...facts, ...sources, winner, overruled };
  }

  /** Every setting of the table, set or not, and those set by a pattern. In order of the table. */
  list(): SettingExplanation[] {
    const set = [...this.#candidates.keys()].map((name) => parseSettingName(name));
    return settingPatterns.flatMap((pattern) => {
      const names = set.filter((one) => one.pattern === pattern).map((one) => one.name);
      return (names.length > 0 ? names : [pattern]).map((name) => this.explain(name));
    });
  }
}

type Entry = readonly [name: string, candidate: SettingCandidate];

function entry(setting: ParsedName, text: string, source: SettingSource): Entry {
  const value = parseSettingValue(setting, text, describeSource(source));
  return [setting.name, { value, text: formatSettingValue(setting.row, value), source }];
}

function overrideEntries(overrides: NonNullable<SettingsSources["overrides"]>): Entry[] {
  return Object.entries(overrides).flatMap(([name, value]) =>
    value === undefined ? [] : [entry(parseSettingName(name), String(value), { kind: "override" })],
  );
}

function variableEntries(variables: Variables): Entry[] {
  return settingPatterns.flatMap((name) => {
    const { variable } = settingsTable[name] as SettingRow;
    const text = variable === undefined ? undefined : variables[variable];
    // An empty variable counts as unset, as in most programs.
    if (!variable || !text) return [];
    return [entry(parseSettingName(name), text, { kind: "environment", variable })];
  });
}

function projectEntries(settings: readonly ProjectSetting[]): Entry[] {
  return settings.map(({ name, text, place }) =>
    entry(parseSettingName(name), text, { kind: "project", place }),
  );
}

async function fileEntries(path: string): Promise<Entry[]> {
  const text = readTextFile(path);
  if (text === undefined) return [];
  const { parseSettingsDocument } = await import("./settings-document.ts");
  return parseSettingsDocument(text, path).leaves.map((leaf) =>
    entry(nameAt(leaf.name, leaf.place), leaf.text, { kind: "file", place: leaf.place }),
  );
}

function defaultEntries(): Entry[] {
  return settingPatterns.flatMap((name) => {
    const text = (settingsTable[name] as SettingRow).default;
    return text === undefined ? [] : [entry(parseSettingName(name), text, { kind: "default" })];
  });
}

function nameAt(name: string, place: string): ParsedName {
  try {
    return parseSettingName(name);
  } catch (cause) {
    if (!(cause instanceof StigmerError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new StigmerError(cause.code, `${place}: ${cause.message}`, hint);
  }
}

function describeSource(source: SettingSource): string {
  switch (source.kind) {
    case "override":
      return "given on the command line";
    case "environment":
      return `from ${source.variable}`;
    case "project":
    case "file":
      return `in ${source.place}`;
    default:
      return "its default";
  }
}
