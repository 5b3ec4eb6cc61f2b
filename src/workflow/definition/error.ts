import { template } from "../expression/expression-readers.ts";
import { mapOf, optional, required } from "../reading/map-readers.ts";
import type { ReadBy } from "../reading/reading.ts";
import { mapped, nonEmptyText, textOr, wholeNumber } from "../reading/value-readers.ts";
import { useName } from "./use-names.ts";

const misnomers = { message: "detail", description: "detail", code: "status", name: "title" };

/** An error of RFC 9457 that a task raises: what `use.errors` holds. */
export const errorDefinition = mapOf(
  {
    type: required(template),
    status: required(textOr(template, wholeNumber(100, 599))),
    title: optional(template),
    detail: optional(template),
    instance: optional(nonEmptyText),
  },
  misnomers,
);
export type ErrorDefinition = ReadBy<typeof errorDefinition>;

/** An error, or the name of one in `use.errors`. */
export const raisedError = textOr(
  mapped(useName("errors"), (name) => ({ kind: "named", name }) as const),
  mapped(errorDefinition, (error) => ({ kind: "written", error }) as const),
);
export type RaisedError = ReadBy<typeof raisedError>;

/** What an error must be like to be caught: each of these that is there. */
export const errorFilter = mapOf(
  {
    type: optional(nonEmptyText),
    status: optional(wholeNumber(100, 599)),
    title: optional(nonEmptyText),
    detail: optional(nonEmptyText),
    instance: optional(nonEmptyText),
  },
  misnomers,
);
export type ErrorFilter = ReadBy<typeof errorFilter>;

const standardNames = [
  "configuration",
  "validation",
  "expression",
  "authentication",
  "authorization",
  "timeout",
  "communication",
  "runtime",
] as const;
export type StandardError = (typeof standardNames)[number];

const standardForm = new RegExp(
  `^https?://(?:www\\.)?(?:serverlessworkflow\\.io|open-workflow-specification\\.org|zigflow\\.dev)/.*/(${standardNames.join("|")})/?$`,
);

/** One form of the standard types, whichever site and version they name; other types as they are. */
export function canonicalErrorType(type: string): string {
  const name = standardForm.exec(type)?.[1];
  return name === undefined ? type : standardErrorType(name as StandardError);
}

export function standardErrorType(name: StandardError): string {
  return `https://serverlessworkflow.io/spec/1.0.0/errors/${name}`;
}

/** What the specification says of each, where nothing else is known. */
export const standardStatus: Readonly<Record<StandardError, number>> = {
  configuration: 400,
  validation: 400,
  expression: 400,
  authentication: 401,
  authorization: 403,
  timeout: 408,
  communication: 500,
  runtime: 500,
};
