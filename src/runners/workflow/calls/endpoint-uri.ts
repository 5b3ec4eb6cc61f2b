import type { Json } from "../../../contract/json.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import type { Template } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import { evaluateText, textOf } from "./evaluate-parameters.ts";

/**
 * The URL of an endpoint. `{name}` in what the definition writes (RFC 6570, simple expansion) is a
 * top-level member of the input; what an expression gives is taken as it is.
 *
 * @throws WorkflowFailure configuration for what is no URL of these protocols, expression for a
 *   member that is a map or a list
 */
export function endpointUrl(
  uri: Template,
  scope: EvaluationScope,
  protocols: readonly string[] = ["http:", "https:"],
): URL {
  const text = endpointText(uri, scope);
  const url = URL.parse(text);
  if (url !== null && protocols.includes(url.protocol)) return url;
  const wanted = protocols.map((protocol) => `${protocol}//…`).join(" or ");
  throw standardFailure(
    "configuration",
    `the endpoint ${JSON.stringify(shown(text))} is not a URL such as ${wanted}`,
  );
}

export function endpointText(uri: Template, scope: EvaluationScope): string {
  switch (uri.kind) {
    case "constant":
      return expandUri(textOf(uri.value, "the endpoint"), scope.input);
    case "text":
      return uri.parts
        .map((part) =>
          typeof part === "string"
            ? expandUri(part, scope.input)
            : evaluateText(
                { kind: "expression", expression: part },
                scope,
                "a part of the endpoint",
              ),
        )
        .join("");
    default:
      return evaluateText(uri, scope, "the endpoint");
  }
}

function expandUri(template: string, input: Json): string {
  return template.replaceAll(/\{([\w.%]+)\}/g, (_, name: string) =>
    expanded(name, memberOf(input, name)),
  );
}

function memberOf(input: Json, name: string): Json {
  const isMap = typeof input === "object" && input !== null && !Array.isArray(input);
  return isMap && Object.hasOwn(input, name)
    ? ((input as { [key: string]: Json })[name] ?? null)
    : null;
}

function expanded(name: string, value: Json): string {
  if (value === null) return "";
  if (typeof value === "object") {
    throw standardFailure(
      "expression",
      `{${name}} of the endpoint is a map or a list, which a URL cannot hold`,
    );
  }
  return encodeUnreserved(String(value));
}

/** Everything but the unreserved characters of RFC 3986. */
export function encodeUnreserved(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
