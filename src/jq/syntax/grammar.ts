import type { Node } from "./ast.ts";
import type { TokenStream } from "./token-stream.ts";

/** How the parts of the language that contain one another reach each other. */
export interface Grammar {
  /** Everything: pipes, commas, definitions. */
  query(tokens: TokenStream): Node;
  /** Without pipes and commas. */
  expression(tokens: TokenStream): Node;
  /** A term with what is attached behind it: `.a[0]?`. */
  postfix(tokens: TokenStream): Node;
}

export function literalText(value: string, offset: number): Node {
  return { kind: "literal", value, offset };
}
