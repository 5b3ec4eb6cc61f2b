import type { TextStyle } from "./output.ts";
import { padToWidth, withoutControls } from "./display-width.ts";
import { wrapText } from "./wrap-text.ts";
import { dim } from "./colour.ts";

/** Narrower than this a value is not wrapped: the terminal does it as well. */
const narrowest = 20;

/** Values that people copy are never broken. */
const copied: ReadonlySet<string> = new Set([
  "addresses",
  "changed by",
  "command",
  "url",
  "values",
]);

/**
 * `name:   value` lines; empty values are left out, further lines of a value are indented. On a
 * terminal long values are wrapped.
 */
export function renderFields(
  fields: readonly (readonly [name: string, value: string])[],
  style: TextStyle,
): string {
  const shown = fields.filter(([, value]) => value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown
    .map(([name, value]) => {
      const text = style.terminal ? withoutControls(value) : value;
      const room = copied.has(name)
        ? Infinity
        : Math.max(narrowest, (style.width ?? Infinity) - width);
      const lines = text
        .trimEnd()
        .split("\n")
        .flatMap((line) => (line.startsWith("hint: ") ? [line] : wrapText(line, room)));
      return `${dim(padToWidth(`${name}:`, width), style)}${lines.join(`\n${" ".repeat(width)}`)}\n`;
    })
    .join("");
}
