import type { CharSet } from "./char-set.ts";

/** A regular expression, read. */
export type RegexNode =
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly body: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | { readonly kind: "capture"; readonly index: number; readonly body: RegexNode }
  | { readonly kind: "atomic"; readonly body: RegexNode }
  | {
      readonly kind: "look";
      readonly behind: boolean;
      readonly negative: boolean;
      readonly body: RegexNode;
    }
  | { readonly kind: "back-reference"; readonly groups: readonly number[]; readonly fold: boolean }
  | { readonly kind: "anchor"; readonly anchor: Anchor };

export type Anchor =
  | "text-start"
  | "line-start"
  | "text-end"
  | "last-line-end"
  | "line-end"
  | "word-boundary"
  | "no-word-boundary"
  | "search-start";

/** How the letters of an expression are meant; set by flags and inside by `(?i)`. */
export interface RegexOptions {
  readonly ignoreCase: boolean;
  readonly extended: boolean;
  /** `.` is also a line break. */
  readonly dotAll: boolean;
  /** `^` and `$` are also behind and before every line break. */
  readonly lines: boolean;
}

/** Characters a node takes at least. */
export function minLength(node: RegexNode): number {
  switch (node.kind) {
    case "set":
      return 1;
    case "sequence":
      return node.items.reduce((total, item) => total + minLength(item), 0);
    case "choice":
      return Math.min(...node.options.map(minLength));
    case "repeat":
      return node.min * minLength(node.body);
    case "capture":
    case "atomic":
      return minLength(node.body);
    default:
      return 0;
  }
}
