import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import comments from "../../contract/gen/proto-comments.json";
import { kinds } from "../../contract/kinds.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { kindNameOf } from "../resources/with-kind.ts";
import { isRequired, rulesOfField } from "./field-rules.ts";
import { fieldType } from "./field-type.ts";

/** What the contract says of a kind or of one of its fields. */
export interface Explanation {
  /** `agent.spec.limits` */
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly rules: readonly string[];
  /** What can be written there, where there are only some values. */
  readonly values: readonly ExplainedValue[];
  readonly fields: readonly ExplainedField[];
}

export interface ExplainedValue {
  readonly name: string;
  readonly description: string;
}

export interface ExplainedField extends ExplainedValue {
  readonly type: string;
  readonly required: boolean;
}

const texts: Readonly<Record<string, string>> = comments;

/**
 * Explains `agent` or `agent.spec.mcpServers.ref`: lists and maps are stepped through without an
 * index. Names are those of proto3 JSON or of the proto files.
 *
 * @throws StigmerError `usage` with the nearest name for a kind or a field that there is not.
 */
export function explainPath(path: string): Explanation {
  const [word = "", ...names] = path.split(".");
  const kindName = kindNameOf(word);
  const kind = kinds.find(({ info }) => info.name.toLowerCase() === kindName);
  if (!kind) throw new Error(`no kind ${kindName}`);
  let at = kindName as string;
  let message: DescMessage | undefined = kind.message;
  let field: DescField | undefined;
  for (const name of names) {
    field = fieldOf(message, name, at);
    at = `${at}.${field.jsonName}`;
    ({ message } = field);
  }
  return {
    path: at,
    type: field ? fieldType(field) : kind.info.name,
    description: field ? descriptionOf(field) : (texts[kind.message.typeName] ?? ""),
    rules: field ? rulesOfField(field) : [],
    values: field?.enum ? valuesOf(field.enum) : [],
    fields: message && !isForeign(message) ? message.fields.map(explainedField) : [],
  };
}

function fieldOf(message: DescMessage | undefined, name: string, at: string): DescField {
  const fields = message && !isForeign(message) ? message.fields : [];
  const found = fields.find((each) => each.jsonName === name || each.name === name);
  if (found) return found;
  const known = fields.map(({ jsonName }) => jsonName);
  const nearest = nearestName(name, known);
  throw new StigmerError("usage", `${at} has no field "${name}".`, {
    hint: nearest === undefined ? `stigmer explain ${at}` : `Did you mean ${at}.${nearest}?`,
  });
}

/** Its own comment, and what its type is: many fields need no word beside it. */
function descriptionOf(field: DescField): string {
  const own = texts[`${field.parent.typeName}.${field.name}`] ?? "";
  const type = field.message ?? field.enum;
  const ofType = type ? (texts[type.typeName] ?? "") : "";
  return [own, ofType].filter((text) => text !== "").join("\n\n");
}

function explainedField(field: DescField): ExplainedField {
  return {
    name: field.jsonName,
    type: fieldType(field),
    required: isRequired(field),
    description: descriptionOf(field).split("\n")[0] ?? "",
  };
}

function valuesOf(type: DescEnum): ExplainedValue[] {
  return type.values.map(({ name }) => ({
    name,
    description: texts[`${type.typeName}.${name}`] ?? "",
  }));
}

function isForeign(message: DescMessage): boolean {
  return message.typeName.startsWith("google.protobuf.");
}
