import type { Output, TextStyle } from "./output.ts";
import { yamlText } from "./yaml-text.ts";

export const outputFormats = ["table", "wide", "name", "json", "jsonl", "yaml", "none"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** The text of a result in one of the formats, as it goes to stdout. */
export function renderOutput(output: Output, format: OutputFormat, style: TextStyle): string {
  switch (format) {
    case "table":
    case "wide":
      return output.text(style, format);
    case "name":
      return lines(output.names());
    case "json":
      return `${JSON.stringify(output.json(), undefined, 2)}\n`;
    case "jsonl":
      return lines(output.jsonLines().map((value) => JSON.stringify(value)));
    case "yaml":
      return yamlText(output.json());
    default:
      return "";
  }
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
