/** Columns of a command; a blank and a backslash may follow. */
const width = 76;

/**
 * A command as a person types it at a prompt, on as many lines as it needs; a flag stays beside its
 * value. `end` stands behind it as it is: an ampersand, a comment.
 */
export function shellCommand(words: readonly string[], end?: string): string {
  const parts: string[] = [];
  for (const [index, word] of words.entries()) {
    if (/^--\w/.test(words[index - 1] ?? "")) parts.push(`${parts.pop()} ${quote(word)}`);
    else parts.push(quote(word));
  }
  if (end !== undefined) parts.push(end);
  return fillLines(["$", ...parts], width, "    ").join(" \\\n");
}

/** Lines of at most `columns`, the later ones indented. A longer part gets a line of its own. */
export function fillLines(parts: readonly string[], columns: number, indent = ""): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(part);
    else if (line.length + 1 + part.length > columns) lines.push(indent + part);
    else lines[lines.length - 1] = `${line} ${part}`;
  }
  return lines;
}

/** A word as a shell takes it. */
function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!word.includes("'") && /["\\$`]/.test(word)) return `'${word}'`;
  return `"${word.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
}
