import { displayWidth } from "./display-width.ts";

/**
 * Lines of at most `width` columns, broken between words. A longer word stays whole, so that it can
 * be copied, except one of wide characters: those scripts have no blanks and break anywhere.
 */
export function wrapText(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => breakable(each, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** A word that is too long, in pieces where it may be broken. */
function breakable(word: string, width: number): string[] {
  const columns = displayWidth(word);
  if (columns <= width || columns < word.length * 1.5) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    if (piece !== "" && displayWidth(piece + segment) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += segment;
  }
  return [...pieces, piece];
}

/**
 * A shell command over several lines where it is wider: broken between its words, never inside of
 * quotes, with the backslash that a shell needs to take it as one.
 */
export function wrapCommand(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g) ?? [line];
  const lines: string[] = [];
  let current = "";
  for (const word of words) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current.trim() !== "" && displayWidth(longer) > width - 2) {
      lines.push(`${current} \\`);
      current = `  ${word}`;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}
