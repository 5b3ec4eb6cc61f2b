import { isMap, isScalar, isSeq, type Node } from "yaml";

const shownLength = 60;

/** What stands there, for an error: `the number 5`, `a list`, `"text"`. */
export function nodeText(node: Node | null): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  const value: unknown = isScalar(node) ? node.value : null;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  if (typeof value === "string") return JSON.stringify(shortened(value));
  return typeof value === "boolean" ? String(value) : "nothing";
}

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
