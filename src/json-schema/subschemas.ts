import type { Json } from "../contract/json.ts";
import { memberPath } from "../contract/member-path.ts";
import { formOf } from "./schema-keywords.ts";

export type SchemaObject = { readonly [key: string]: Json };

/** A schema inside another. */
export interface Subschema {
  readonly keyword: string;
  readonly value: Json;
  /** As violations name it: `properties.price`, `anyOf[1]`. */
  readonly path: string;
  /** RFC 6901, without the `#`. */
  readonly pointer: string;
}

export interface SchemaPlace {
  readonly path: string;
  readonly pointer: string;
}

/** The schemas that stand directly in one. A keyword of the wrong form has none. */
export function subschemasOf(schema: SchemaObject, place: SchemaPlace): Subschema[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const at = {
      path: memberPath(place.path, keyword),
      pointer: `${place.pointer}/${encodeStep(keyword)}`,
    };
    switch (formOf(keyword)) {
      case "schema":
        return [{ keyword, value, ...at }];
      case "schemas":
        return Array.isArray(value)
          ? (value as readonly Json[]).map((item, index) => ({
              keyword,
              value: item,
              path: `${at.path}[${index}]`,
              pointer: `${at.pointer}/${index}`,
            }))
          : [];
      case "schema-map":
        return isObject(value)
          ? Object.entries(value).map(([name, item]) => ({
              keyword,
              value: item,
              path: memberPath(at.path, name),
              pointer: `${at.pointer}/${encodeStep(name)}`,
            }))
          : [];
      default:
        return [];
    }
  });
}

export function isObject(value: Json | undefined): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function encodeStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
