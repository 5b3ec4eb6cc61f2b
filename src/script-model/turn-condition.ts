/** A condition on a text: a part of it, ignoring case, or a regular expression. */
export type TurnCondition =
  | { readonly kind: "contains"; readonly text: string }
  | { readonly kind: "matches"; readonly pattern: RegExp };

/** Reads `some text` or `/pattern/flags`. @returns the condition, or what is wrong with it. */
export function parseCondition(text: string): TurnCondition | string {
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(text);
  if (!expression) return { kind: "contains", text: text.toLowerCase() };
  const [, source = "", flags = ""] = expression;
  if (/[gy]/.test(flags)) return "A condition takes no flag g or y.";
  try {
    return { kind: "matches", pattern: new RegExp(source, flags) };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** @returns the captured groups (numbers and names as keys), or undefined when it does not hold. */
export function matchCondition(
  condition: TurnCondition,
  text: string,
): ReadonlyMap<string, string> | undefined {
  if (condition.kind === "contains") {
    return text.toLowerCase().includes(condition.text) ? new Map() : undefined;
  }
  const match = condition.pattern.exec(text);
  return match ? new Map(capturedGroups(match)) : undefined;
}

function capturedGroups(match: RegExpExecArray): [string, string][] {
  const numbered = [...match].map((text, index): [string, string] => [String(index), text ?? ""]);
  return [...numbered, ...Object.entries(match.groups ?? {})];
}
