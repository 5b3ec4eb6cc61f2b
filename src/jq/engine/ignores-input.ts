import type { Node } from "../syntax/ast.ts";

/** Is a part of a program the same for every input? Says no where it is not obvious. */
export function ignoresInput(node: Node): boolean {
  switch (node.kind) {
    case "literal":
    case "variable":
      return true;
    case "text":
      return node.parts.every((part) => typeof part === "string" || ignoresInput(part));
    case "array":
      return node.body === undefined || ignoresInput(node.body);
    case "object":
      return node.entries.every(({ key, value }) => ignoresInput(key) && ignoresInput(value));
    case "access":
      return ignoresInput(node.target) && ignoresInput(node.key);
    case "negate":
      return ignoresInput(node.body);
    case "pipe":
      return ignoresInput(node.left);
    case "binary":
    case "and":
    case "or":
    case "alternative":
    case "comma":
      return ignoresInput(node.left) && ignoresInput(node.right);
    case "if":
      return (
        ignoresInput(node.condition) &&
        ignoresInput(node.whenTrue) &&
        node.otherwise !== undefined &&
        ignoresInput(node.otherwise)
      );
    default:
      return false;
  }
}
