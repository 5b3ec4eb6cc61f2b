import type { ReadBy } from "../reading/reading.ts";
import { template } from "../expression/expression-readers.ts";
import type { Template } from "../expression/template.ts";
import { mapOf, optional, required } from "../reading/map-readers.ts";

import { mapped, nonEmptyText, textOr } from "../reading/value-readers.ts";
import { authentication } from "./authentication.ts";

/** A URI: a template (RFC 6570 `{name}`), an expression, or a text with expressions in it. */
const uri = mapped(nonEmptyText, (_, place): Template | undefined => template(place));

const endpointMap = mapOf(
  { uri: required(uri), authentication: optional(authentication) },
  { url: "uri", href: "uri" },
);

/** Where something is, and how to sign in there. */
export const endpoint = textOr(
  mapped(uri, (read) => ({ uri: read, authentication: undefined })),
  endpointMap,
);

/** A document that is fetched when it is needed. */
export const externalResource = mapOf({
  name: optional(nonEmptyText),
  endpoint: required(endpoint),
});
export type ExternalResource = ReadBy<typeof externalResource>;
