import type { settingsTable } from "./settings-table.ts";

type Table = typeof settingsTable;
/** A name as the table has it: `port`, `providers.NAME.baseUrl`. */
export type SettingPattern = keyof Table;

type Placeholder = "NAME" | "MODEL";
type Filled<P extends string> = P extends `${infer Head}.${Placeholder}.${infer Tail}`
  ? `${Head}.${string}.${Tail}`
  : P extends `${infer Head}.${Placeholder}`
    ? `${Head}.${string}`
    : P;

/** A name as people set it: `port`, `providers.openai.baseUrl`. */
export type SettingName = { [P in SettingPattern]: Filled<P> }[SettingPattern];

/** The row that a name belongs to. */
export type PatternOf<N extends SettingName> = N extends SettingPattern
  ? N
  : { [P in SettingPattern]: N extends Filled<P> ? P : never }[SettingPattern];

type TypeOf<Row> = Row extends { values: readonly (infer V)[] }
  ? V
  : Row extends { type: "integer" | "number" | "duration" | "bytes" }
    ? number
    : Row extends { type: "boolean" }
      ? boolean
      : string;

/** What reading a setting gives: without a default it may be unset. */
export type SettingValue<P extends SettingPattern> = Table[P] extends { default: string }
  ? TypeOf<Table[P]>
  : TypeOf<Table[P]> | undefined;
