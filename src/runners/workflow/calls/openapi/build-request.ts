import type { Json, JsonMap } from "../../../../contract/json.ts";
import { nearestName } from "../../../../contract/nearest-name.ts";
import { standardFailure } from "../../workflow-failure.ts";
import { encodeBody } from "../http-body.ts";
import { addHeader } from "../http-call.ts";
import type { HttpRequest } from "../http-exchange.ts";
import type { Operation, Parameter } from "./find-operation.ts";
import { type OpenApiDocument, textIn } from "./openapi-document.ts";
import { serverUrl } from "./server-url.ts";
import { writeInPath, writeParameter } from "./write-parameter.ts";

/** Swagger 2 has a body of any name, OpenAPI 3 one without. */
const bodyName = "body";

/**
 * The request of an operation. What is given and is no parameter of it are the members of its body,
 * unless `body` is given, which is the whole body.
 *
 * @throws WorkflowFailure validation for what is missing, configuration for what nobody declared
 */
export function buildRequest(
  document: OpenApiDocument,
  operation: Operation,
  given: JsonMap,
): Omit<HttpRequest, "followsRedirects"> {
  checkRequired(operation, given);
  const headers = new Headers();
  const url = new URL(`${serverUrl(document, operation)}${pathOf(operation, given)}`);
  const cookies: string[] = [];
  for (const [parameter, value] of givenParameters(operation, given)) {
    for (const [name, text] of writeParameter(parameter, value)) {
      if (parameter.in === "query") url.searchParams.append(name, text);
      if (parameter.in === "header") addHeader(headers, name, text);
      if (parameter.in === "cookie")
        cookies.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
    }
  }
  if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
  const body = bodyOf(document, operation, given);
  const type = body === undefined ? undefined : contentType(document, operation);
  if (type !== undefined) headers.set("content-type", type);
  return { method: operation.method.toUpperCase(), url, headers, body: encodeBody(body, headers) };
}

function givenParameters({ parameters }: Operation, given: JsonMap): [Parameter, Json][] {
  return parameters.flatMap((parameter) => {
    const value = given[parameter.name];
    return value === undefined || value === null ? [] : [[parameter, value] as [Parameter, Json]];
  });
}

function checkRequired({ parameters, definition }: Operation, given: JsonMap): void {
  const missing = parameters.filter(
    ({ name, isRequired }) => isRequired && (given[name] ?? null) === null,
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name, in: place }) => `${name} (${place})`).join(", ");
  throw standardFailure(
    "validation",
    `the operation "${textIn(definition, "operationId")}" needs ${names}`,
  );
}

function pathOf({ path, parameters }: Operation, given: JsonMap): string {
  return path.replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    const value = given[name] ?? null;
    if (parameter && value !== null) return writeInPath(parameter, value);
    throw standardFailure("validation", `the path of the operation needs ${whole}`);
  });
}

function bodyOf(document: OpenApiDocument, operation: Operation, given: JsonMap): Json | undefined {
  const { parameters, definition } = operation;
  const names = new Set(parameters.map(({ name }) => name));
  const others = Object.keys(given).filter((name) => !names.has(name));
  const inBody = parameters.find((parameter) => parameter.in === "body");
  if (inBody) {
    refuseUnknown(others, names);
    return given[inBody.name];
  }
  const fields = parameters
    .filter((parameter) => parameter.in === "formData")
    .map(({ name }) => name);
  if (fields.length > 0) {
    refuseUnknown(others, names);
    return pick(given, fields);
  }
  if (Object.keys(document.mapAt(definition["requestBody"])).length === 0) {
    refuseUnknown(others, names);
    return undefined;
  }
  if (given[bodyName] !== undefined && !names.has(bodyName)) {
    refuseUnknown(
      others.filter((name) => name !== bodyName),
      names,
    );
    return given[bodyName];
  }
  return others.length === 0 ? undefined : pick(given, others);
}

function refuseUnknown(names: readonly string[], known: ReadonlySet<string>): void {
  const [name] = names;
  if (name === undefined) return;
  const nearest = nearestName(name, [...known]);
  const guess = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw standardFailure("configuration", `the operation has no parameter "${name}"${guess}`);
}

function pick(given: JsonMap, names: readonly string[]): Json {
  const entries = names
    .filter((name) => Object.hasOwn(given, name))
    .map((name) => [name, given[name] ?? null]);
  return Object.fromEntries(entries) as Json;
}

/** JSON where it is taken, otherwise the first that is. */
function contentType(
  document: OpenApiDocument,
  { definition, parameters }: Operation,
): string | undefined {
  const consumes = document.listAt(definition["consumes"] ?? document.root["consumes"]).map(String);
  const content = Object.keys(document.mapAt(document.mapAt(definition["requestBody"])["content"]));
  const types = document.isSwagger ? consumes : content;
  const isForm = parameters.some((parameter) => parameter.in === "formData");
  const wanted = isForm
    ? /^(multipart\/form-data|application\/x-www-form-urlencoded)/
    : /^application\/(.+\+)?json/;
  const fallback = isForm ? "application/x-www-form-urlencoded" : types[0];
  return types.find((type) => wanted.test(type)) ?? fallback?.replace("*/*", "application/json");
}
