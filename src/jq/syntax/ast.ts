import type { JqValue } from "../values/value.ts";

/** The operators that compute one value from two. */
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type UpdateOperator = "=" | "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=";

/** A part of a program; `offset` is where its text starts. */
export type Node = { readonly offset: number } & NodeShape;

export type NodeShape =
  | { readonly kind: "identity" }
  | { readonly kind: "literal"; readonly value: JqValue }
  | { readonly kind: "text"; readonly format: string; readonly parts: readonly (string | Node)[] }
  | { readonly kind: "format"; readonly format: string }
  | {
      readonly kind: "access";
      readonly target: Node;
      readonly key: Node;
      /** With `?` behind it: nothing where the key does not fit. Errors of the target stay. */
      readonly optional?: boolean;
    }
  | {
      readonly kind: "slice";
      readonly target: Node;
      readonly from: Node | undefined;
      readonly to: Node | undefined;
      readonly optional?: boolean;
    }
  | { readonly kind: "iterate"; readonly target: Node; readonly optional?: boolean }
  | { readonly kind: "try"; readonly body: Node; readonly handler: Node | undefined }
  | { readonly kind: "pipe"; readonly left: Node; readonly right: Node }
  | { readonly kind: "comma"; readonly left: Node; readonly right: Node }
  | { readonly kind: "and"; readonly left: Node; readonly right: Node }
  | { readonly kind: "or"; readonly left: Node; readonly right: Node }
  | { readonly kind: "alternative"; readonly left: Node; readonly right: Node }
  | {
      readonly kind: "binary";
      readonly operator: ArithmeticOperator | ComparisonOperator;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: "update";
      readonly operator: UpdateOperator;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: "negate"; readonly body: Node }
  | {
      readonly kind: "if";
      readonly condition: Node;
      readonly whenTrue: Node;
      readonly otherwise: Node | undefined;
    }
  | {
      readonly kind: "reduce";
      readonly source: Node;
      readonly patterns: readonly Pattern[];
      readonly init: Node;
      readonly update: Node;
    }
  | {
      readonly kind: "foreach";
      readonly source: Node;
      readonly patterns: readonly Pattern[];
      readonly init: Node;
      readonly update: Node;
      readonly extract: Node | undefined;
    }
  | {
      readonly kind: "bind";
      readonly source: Node;
      /** The first that fits, tried in this order (`?//`). */
      readonly patterns: readonly Pattern[];
      readonly body: Node;
    }
  | { readonly kind: "define"; readonly definition: Definition; readonly body: Node }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "label"; readonly name: string; readonly body: Node }
  | { readonly kind: "break"; readonly name: string }
  | { readonly kind: "array"; readonly body: Node | undefined }
  | { readonly kind: "object"; readonly entries: readonly ObjectEntry[] };

export interface ObjectEntry {
  readonly key: Node;
  readonly value: Node;
}

export interface Definition {
  readonly name: string;
  /** Names of closures, and of values with their `$`. */
  readonly parameters: readonly string[];
  readonly body: Node;
}

/** What a value is taken apart into. */
export type Pattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "array"; readonly items: readonly Pattern[] }
  | { readonly kind: "object"; readonly fields: readonly FieldPattern[] };

export interface FieldPattern {
  readonly key: Node;
  /** `$name` as a key also binds the field's value to the name. */
  readonly name: string | undefined;
  readonly pattern: Pattern | undefined;
}
