import type { JsonValue } from "@bufbuild/protobuf";

/** How the terminal is: what a text rendering depends on. */
export interface TextStyle {
  readonly colour: boolean;
  /** Columns, or undefined where nothing is cut: pipes and files. */
  readonly width: number | undefined;
  /** Control characters of others are made visible. */
  readonly terminal: boolean;
  readonly now: Date;
}

/** A result of a command that can be shown in every output format. */
export interface Output {
  json(): JsonValue;
  /** One value a line. */
  jsonLines(): readonly JsonValue[];
  /** Slugs or ids. */
  names(): readonly string[];
  text(style: TextStyle, form: "table" | "wide"): string;
}

/** One column of a table, one row of a description. */
export interface Column<T> {
  readonly title: string;
  readonly value: (item: T, style: TextStyle) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  /** Cut when the table is wider than the terminal. */
  readonly flexible?: boolean;
  /** Left out, the last one first, when a terminal is too narrow for the table. */
  readonly spare?: boolean;
}

/** How a kind of item looks. */
export interface View<T> {
  readonly columns: readonly Column<T>[];
  readonly name: (item: T) => string;
  readonly json: (item: T) => JsonValue;
  /** The text of a single item; without it the columns are listed one under the other. */
  readonly describe?: (item: T, style: TextStyle) => string;
}
