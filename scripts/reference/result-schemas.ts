import { contractRegistry } from "../../src/cli/api/contract-registry.ts";
import { commandTable } from "../../src/cli/command-table.ts";
import type { DocumentName, ResultSpec, ResultType } from "../../src/cli/result-spec.ts";
import { documentSchemas, messageNamed } from "./document-schemas.ts";
import { type JsonSchema, listOf, objectOf, text } from "./json-schema.ts";
import { MessageSchemas } from "./message-schema.ts";

/** The file in `docs/schemas/` with the schema of what `-o json` prints. */
export function schemaFileOf({ form, of }: ResultSpec): string {
  const suffix = form === "item" ? "" : `-${form}`;
  return `${typeName(of)}${suffix}.json`;
}

/** The files with the schemas of what stands on a line of `-o jsonl`. */
export function lineSchemaFilesOf({ of, lines }: ResultSpec): string[] {
  return (lines ?? [of]).map((type) => `${typeName(type)}.json`);
}

/** A schema for each kind of result, by the name of its file. */
export function resultSchemas(): ReadonlyMap<string, JsonSchema> {
  const results = commandTable.map(({ result }) => result);
  const types = new Set<ResultType>([
    "error",
    ...results.flatMap(({ of, lines = [] }) => [of, ...lines]),
  ]);
  const files = new Map<string, JsonSchema>();
  for (const type of types) files.set(`${typeName(type)}.json`, typeSchema(type));
  for (const result of results) {
    const file = schemaFileOf(result);
    if (!files.has(file)) files.set(file, withHead(file, formSchema(result)));
  }
  return new Map([...files].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** `agent-execution` for the message of that name. */
function typeName(type: ResultType): string {
  const name = type.split(".").at(-1) ?? "";
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

function typeSchema(type: ResultType): JsonSchema {
  const messages = new MessageSchemas();
  const registry = contractRegistry();
  const schema = isMessage(type)
    ? messages.object(messageNamed(type, registry))
    : documentSchemas[type]({ messages, registry });
  const { definitions } = messages;
  const used = Object.keys(definitions).length > 0 ? { $defs: sorted(definitions) } : {};
  return withHead(`${typeName(type)}.json`, schema, used);
}

function isMessage(type: ResultType): type is Exclude<ResultType, DocumentName> {
  return type.startsWith("ai.stigmer.");
}

function formSchema({ form, of }: ResultSpec): JsonSchema {
  const item: JsonSchema = { $ref: `${typeName(of)}.json` };
  const page = objectOf({ items: listOf(item), "nextPageToken?": text });
  switch (form) {
    case "item":
      return item;
    case "items":
      return { anyOf: [item, objectOf({ items: listOf(item) })] };
    case "page":
      return page;
    case "item-or-page":
      return { anyOf: [item, page] };
  }
}

function withHead(
  file: string,
  schema: JsonSchema,
  more: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {},
): JsonSchema {
  const head = { $schema: "https://json-schema.org/draft/2020-12/schema", $id: file };
  return { ...head, ...(schema === true ? {} : schema), ...more };
}

function sorted(definitions: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const entries = Object.entries(definitions);
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
