import type { JqValue } from "./values/value.ts";

/** Where in a program something stands: line and column count from 1, the offset from 0. */
export interface JqPosition {
  readonly line: number;
  /** In UTF-16 units. */
  readonly column: number;
  readonly offset: number;
}

/** A program that is no jq: found before anything runs. */
export class JqSyntaxError extends Error implements JqPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;

  constructor(message: string, position: JqPosition) {
    super(message);
    this.name = "JqSyntaxError";
    this.line = position.line;
    this.column = position.column;
    this.offset = position.offset;
  }
}

/** What `error` raised, or what went wrong in a program; `try` catches it. */
export class JqError extends Error {
  /** What `catch` sees: mostly a string, but any value can be raised. */
  readonly value: JqValue;

  constructor(value: JqValue, message = typeof value === "string" ? value : "an error value") {
    super(message);
    this.name = "JqError";
    this.value = value;
  }
}

export type JqLimitName = "steps" | "memory" | "outputs" | "depth";

/** A program that took more than it was given; `try` does not catch it. */
export class JqLimitError extends Error {
  readonly limit: JqLimitName;

  constructor(limit: JqLimitName, message: string) {
    super(message);
    this.name = "JqLimitError";
    this.limit = limit;
  }
}
