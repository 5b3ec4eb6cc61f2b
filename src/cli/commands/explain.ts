import type { JsonObject } from "@bufbuild/protobuf";
import type { CommandResult } from "../command-result.ts";
import {
  type ExplainedField,
  type ExplainedValue,
  type Explanation,
  explainPath,
} from "../explain/explain-path.ts";
import type { Invocation } from "../invocation.ts";
import { bold } from "../output/colour.ts";
import type { Column, Output, TextStyle } from "../output/output.ts";
import { renderTable } from "../output/render-table.ts";
import { wrapText } from "../output/wrap-text.ts";

const widestText = 100;

/** What the contract says of a kind or a field. Needs no daemon. */
export function explain(invocation: Invocation): Promise<CommandResult> {
  return Promise.resolve({
    output: explanationOutput(explainPath(invocation.argument("KIND[.FIELD…]"))),
  });
}

function explanationOutput(explanation: Explanation): Output {
  const { path, fields } = explanation;
  const document = (): JsonObject => structuredClone(explanation) as unknown as JsonObject;
  return {
    json: document,
    jsonLines: () => [document()],
    names: () => (fields.length > 0 ? fields.map(({ name }) => `${path}.${name}`) : [path]),
    text: (style) => explanationText(explanation, style),
  };
}

function explanationText(explanation: Explanation, style: TextStyle): string {
  const { path, type, description, rules, values, fields } = explanation;
  const width = Math.min(style.width ?? widestText, widestText);
  const paragraphs = description.split("\n\n").flatMap((text) => ["", ...wrapText(text, width)]);
  return [
    `${bold(path, style)}: ${type}`,
    ...(description === "" ? [] : paragraphs),
    ...(rules.length === 0 ? [] : ["", ...rules.map((rule) => `- ${rule}`)]),
    ...(values.length === 0 ? [] : ["", renderTable(valueColumns, values, style).trimEnd()]),
    ...(fields.length === 0 ? [] : ["", renderTable(fieldColumns, fields, style).trimEnd()]),
    "",
  ].join("\n");
}

const valueColumns: readonly Column<ExplainedValue>[] = [
  { title: "VALUE", value: ({ name }) => name },
  { title: "DESCRIPTION", value: ({ description }) => description, flexible: true },
];

const fieldColumns: readonly Column<ExplainedField>[] = [
  { title: "FIELD", value: ({ name, required }) => (required ? `${name} (required)` : name) },
  { title: "TYPE", value: ({ type }) => type },
  { title: "DESCRIPTION", value: ({ description }) => description, flexible: true },
];
