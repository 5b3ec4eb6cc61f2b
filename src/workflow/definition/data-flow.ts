import { bareExpression, template } from "../expression/expression-readers.ts";
import type { Template } from "../expression/template.ts";
import { mapOf, optional } from "../reading/map-readers.ts";
import type { ReadBy, Reader } from "../reading/reading.ts";
import { anyJson, mapped, textOr, word } from "../reading/value-readers.ts";
import { externalResource } from "./external-resource.ts";

/** An expression, also without `${ }`, or JSON with expressions in its texts. */
export const transformation: Reader<Template> = textOr(
  mapped(bareExpression, (expression): Template => ({ kind: "expression", expression })),
  template,
);

const schemaProperties = mapOf({
  format: optional(word("json")),
  document: optional(anyJson),
  resource: optional(externalResource),
});

/** A JSON Schema, written here or to be fetched. */
const schema = mapped(schemaProperties, (read, place) => {
  const isOne = (read.document === undefined) !== (read.resource === undefined);
  return isOne ? read : place.reading.refuse(place, "one-of", "takes one of document, resource");
});
export type Schema = ReadBy<typeof schema>;

/** What comes in: checked, then transformed. */
export const inputFlow = mapOf({ schema: optional(schema), from: optional(transformation) });
/** What goes out: transformed, then checked. */
export const outputFlow = mapOf({ schema: optional(schema), as: optional(transformation) });

export type InputFlow = ReadBy<typeof inputFlow>;
export type OutputFlow = ReadBy<typeof outputFlow>;
