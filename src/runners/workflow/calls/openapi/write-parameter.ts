import { isJsonMap, type Json } from "../../../../contract/json.ts";
import { encodeUnreserved } from "../endpoint-uri.ts";
import type { Parameter } from "./find-operation.ts";
import { textIn } from "./openapi-document.ts";

/** A value in the style of its parameter: one or more pairs of a name and a text. */
export function writeParameter(
  { name, in: place, definition }: Parameter,
  value: Json,
): [name: string, text: string][] {
  if (isJsonMap(definition["content"])) return [[name, JSON.stringify(value)]];
  if (Array.isArray(value))
    return writeList(name, (value as readonly Json[]).map(textOf), styleOf(place, definition));
  if (isJsonMap(value)) return writeMap(name, value, styleOf(place, definition));
  return [[name, textOf(value)]];
}

/** A value in a path, encoded. */
export function writeInPath(parameter: Parameter, value: Json): string {
  const parts = writeParameter(parameter, value);
  return parts.map(([, text]) => text.split(",").map(encodeUnreserved).join(",")).join(",");
}

interface Style {
  readonly separator: string;
  /** Each part stands under its own name. */
  readonly explodes: boolean;
  readonly isDeep: boolean;
}

const separators: Readonly<Record<string, string>> = {
  ssv: " ",
  tsv: "\t",
  pipes: "|",
  spaceDelimited: " ",
  pipeDelimited: "|",
};

/** Swagger 2 says it with `collectionFormat`, OpenAPI 3 with `style` and `explode`. */
function styleOf(place: string, definition: Parameter["definition"]): Style {
  const { explode, collectionFormat, type } = definition;
  const isSwagger = type !== undefined || collectionFormat !== undefined;
  const named =
    textIn(definition, isSwagger ? "collectionFormat" : "style") || (isSwagger ? "csv" : "form");
  const isForm = !isSwagger && named === "form" && (place === "query" || place === "cookie");
  return {
    separator: separators[named] ?? ",",
    explodes: isSwagger ? named === "multi" : explode === undefined ? isForm : explode === true,
    isDeep: named === "deepObject",
  };
}

function writeList(name: string, items: readonly string[], style: Style): [string, string][] {
  return style.explodes ? items.map((item) => [name, item]) : [[name, items.join(style.separator)]];
}

function writeMap(
  name: string,
  value: { readonly [key: string]: Json },
  style: Style,
): [string, string][] {
  const entries = Object.entries(value).map(
    ([key, part]) => [key, textOf(part)] as [string, string],
  );
  if (style.isDeep) return entries.map(([key, text]) => [`${name}[${key}]`, text]);
  if (style.explodes) return entries;
  return [[name, entries.flat().join(style.separator)]];
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
