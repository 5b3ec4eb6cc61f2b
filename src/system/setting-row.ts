/** How the text of a setting is read. Durations become milliseconds, sizes bytes. */
export type SettingType =
  | { readonly type: "string" | "url" | "boolean" | "bytes" }
  /** Without `longestMs` it is short enough for a timer. */
  | { readonly type: "duration"; readonly longestMs?: number }
  | { readonly type: "integer" | "number"; readonly min: number; readonly max?: number }
  | { readonly type: "enum"; readonly values: readonly string[] };

export type SettingRow = SettingType & {
  /** As a person would write it; none: unset unless somebody sets it. */
  readonly default?: string;
  /** The variable that overrules the file. */
  readonly variable?: string;
  /** The key below `defaults` of a project's `stigmer.yaml` that comes between variable and file. */
  readonly project?: string;
  /** The flag of commands that overrules both. */
  readonly flag?: string;
  /** What a number counts. */
  readonly unit?: string;
  /** The daemon reads it once, when it starts; everything else it reads when it needs it. */
  readonly readAtStart?: true;
  /** One sentence for help and docs. */
  readonly meaning: string;
  /** A value somebody could really want. */
  readonly example: string;
};
