/** One case of jq's own test files. */
export interface JqCase {
  /** Line of the program, from 1. */
  readonly line: number;
  readonly program: string;
  /** Absent where the program must not compile. */
  readonly input: string | undefined;
  readonly outputs: readonly string[];
}

/**
 * Reads jq's test format: a program, an input and the expected outputs, a line each, up to a blank
 * line; `%%FAIL`, a program and a message. Lines that begin with `#` are comments.
 */
export function readCases(text: string): JqCase[] {
  const lines = text.split("\n").map((content, index) => ({ content, line: index + 1 }));
  const cases: JqCase[] = [];
  let group: { content: string; line: number }[] = [];
  for (const entry of [...lines, { content: "", line: 0 }]) {
    if (entry.content.trim() !== "") {
      if (!entry.content.startsWith("#") || (group.length > 0 && !isComment(entry.content))) {
        group.push(entry);
      }
      continue;
    }
    if (group.length > 0) cases.push(caseOf(group));
    group = [];
  }
  return cases;
}

function isComment(content: string): boolean {
  return /^#($|\s)/.test(content);
}

function caseOf(group: readonly { readonly content: string; readonly line: number }[]): JqCase {
  const [first, second, ...rest] = group;
  if (first === undefined || second === undefined) throw new Error("a case has two lines at least");
  if (first.content.startsWith("%%FAIL")) {
    return { line: second.line, program: second.content, input: undefined, outputs: [] };
  }
  const outputs = rest.map(({ content }) => content);
  return { line: first.line, program: first.content, input: second.content, outputs };
}
