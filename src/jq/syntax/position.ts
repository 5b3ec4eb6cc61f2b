import { type JqPosition, JqSyntaxError } from "../errors.ts";

function positionAt(text: string, offset: number): JqPosition {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n"), offset };
}

export function syntaxError(text: string, offset: number, message: string): JqSyntaxError {
  return new JqSyntaxError(message, positionAt(text, offset));
}
