import type { TextStyle } from "./output.ts";
import { padToWidth, withoutControls } from "./display-width.ts";
import { dim } from "./colour.ts";

/** `name:   value` lines; empty values are left out, further lines of a value are indented. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string])[],
  style: TextStyle,
): string {
  const shown = fields.filter(([, value]) => value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown
    .map(([name, value]) => {
      const text = style.terminal ? withoutControls(value) : value;
      const indented = text.trimEnd().replaceAll("\n", `\n${" ".repeat(width)}`);
      return `${dim(padToWidth(`${name}:`, width), style)}${indented}\n`;
    })
    .join("");
}
