import type { JsonObject } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import { checkSchema } from "../json-schema/check-schema.ts";

const field = "spec.outputSchema";

/** Refuses an output schema that no answer could be held against. Throws `invalid-argument`. */
export function checkOutputSchema(schema: JsonObject | undefined): void {
  if (schema === undefined) return;
  const violations = checkSchema(schema as Json).map(({ path, rule, message }) => ({
    field: path === "" || path.startsWith("[") ? `${field}${path}` : `${field}.${path}`,
    rule,
    message,
  }));
  const [first] = violations;
  if (!first) return;
  throw new StigmerError("invalid-argument", `${first.field}: ${first.message}`, { violations });
}
