import { isJsonMap, type Json, type JsonMap } from "../../../../contract/json.ts";
import { nearestName } from "../../../../contract/nearest-name.ts";
import { standardFailure } from "../../workflow-failure.ts";
import { nameOf, type OpenApiDocument } from "./openapi-document.ts";

export interface Operation {
  readonly method: string;
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly definition: JsonMap;
  /** What goes for every operation of its path. */
  readonly pathItem: JsonMap;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  readonly definition: JsonMap;
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch"] as const;

/** @throws WorkflowFailure configuration, naming the nearest, when the document has no such operation */
export function findOperation(document: OpenApiDocument, id: string): Operation {
  const known: string[] = [];
  for (const [path, item] of Object.entries(document.mapAt(document.root["paths"]))) {
    const pathItem = document.mapAt(item);
    for (const method of methods) {
      const definition = document.mapAt(pathItem[method]);
      if (definition["operationId"] === id) {
        return {
          method,
          path,
          definition,
          pathItem,
          parameters: parametersOf(document, pathItem, definition),
        };
      }
      if (typeof definition["operationId"] === "string") known.push(definition["operationId"]);
    }
  }
  const nearest = nearestName(id, known);
  const guess = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw standardFailure(
    "configuration",
    `${nameOf(document.url)} has no operation "${id}"${guess}`,
  );
}

/** Those of the operation go before those of its path. */
function parametersOf(
  document: OpenApiDocument,
  pathItem: JsonMap,
  definition: JsonMap,
): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const written of [
    ...document.listAt(pathItem["parameters"]),
    ...document.listAt(definition["parameters"]),
  ]) {
    const parameter = parameterFrom(document.mapAt(written));
    if (parameter) found.set(`${parameter.in}:${parameter.name}`, parameter);
  }
  return [...found.values()];
}

function parameterFrom(definition: JsonMap): Parameter | undefined {
  const { name, in: place, required } = definition as { readonly [key: string]: Json | undefined };
  if (typeof name !== "string" || typeof place !== "string" || !isJsonMap(definition))
    return undefined;
  return { name, in: place, isRequired: required === true, definition };
}
