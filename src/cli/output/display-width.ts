/** Columns that a text takes on a terminal: wide characters take two, colour codes none. */
export function displayWidth(text: string): number {
  return Bun.stringWidth(text);
}

/** The text filled with blanks to at least `width` columns. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** The beginning of a text, at most `width` columns, with `…` where something was cut. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const columns = displayWidth(segment);
    if (used + columns > width - 1) break;
    cut += segment;
    used += columns;
  }
  return `${cut}…`;
}

/**
 * Text of others made harmless for a terminal: control characters, which could move the cursor or
 * change its settings, become visible; line breaks and tabs stay.
 */
export function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) =>
    character === "\r" ? "" : "\ufffd",
  );
}
