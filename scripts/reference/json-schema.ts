/** A JSON Schema of draft 2020-12, as far as results need it. */
export type JsonSchema =
  | true
  | {
      readonly [keyword: string]:
        | JsonSchema
        | JsonSchemaValue
        | Readonly<Record<string, JsonSchema>>;
    };

type JsonSchemaValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonSchemaValue[]
  | readonly JsonSchema[];

export const anything: JsonSchema = true;
export const text: JsonSchema = { type: "string" };
export const integer: JsonSchema = { type: "integer" };
export const truth: JsonSchema = { type: "boolean" };

export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

export function mapOf(values: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: values };
}

export function oneOfTexts(...values: readonly string[]): JsonSchema {
  return { type: "string", enum: values };
}

/** An object with these properties and no others. Those whose name ends with `?` may be absent. */
export function objectOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const entries = Object.entries(properties);
  const required = entries.flatMap(([name]) => (name.endsWith("?") ? [] : [name]));
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name.replace(/\?$/, ""), schema]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
