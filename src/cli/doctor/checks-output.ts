import type { JsonObject } from "@bufbuild/protobuf";
import { dim, green, red, yellow } from "../output/colour.ts";
import { padToWidth } from "../output/display-width.ts";
import type { Output, TextStyle } from "../output/output.ts";
import { wrapText } from "../output/wrap-text.ts";
import type { Check, CheckState } from "./check.ts";

/** What was found, one check under the other; what to do stands below what is not well. */
export function checksOutput(checks: readonly Check[]): Output {
  const documents = (): JsonObject[] => checks.map((check) => ({ ...check }));
  return {
    json: () => ({ items: documents() }),
    jsonLines: documents,
    names: () => checks.map(({ name }) => name),
    text: (style) => checks.map((check) => checkText(check, checks, style)).join(""),
  };
}

const colours = {
  ok: green,
  warning: yellow,
  problem: red,
  skipped: dim,
} as const satisfies Record<CheckState, unknown>;

const stateWidth = "skipped".length;
const narrowest = 20;

function checkText(check: Check, all: readonly Check[], style: TextStyle): string {
  const { name, state, found, fix } = check;
  const nameWidth = Math.max(...all.map((one) => one.name.length));
  const indent = " ".repeat(stateWidth + nameWidth + 4);
  const head = `${colours[state](padToWidth(state, stateWidth), style)}  ${padToWidth(name, nameWidth)}  `;
  const width = Math.max(narrowest, (style.width ?? Infinity) - indent.length);
  const lines = found.split("\n").flatMap((line) => wrapText(line, width));
  // A command is never broken: it is there to be copied.
  const advice = fix === undefined ? "" : `${indent}${dim("fix:", style)} ${fix}\n`;
  return `${head}${lines.join(`\n${indent}`)}\n${advice}`;
}
