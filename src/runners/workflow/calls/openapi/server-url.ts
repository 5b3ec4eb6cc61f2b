import type { Json, JsonMap } from "../../../../contract/json.ts";
import { standardFailure } from "../../workflow-failure.ts";
import type { Operation } from "./find-operation.ts";
import { nameOf, type OpenApiDocument } from "./openapi-document.ts";

/** Where the operations of a document are: without a slash at its end. */
export function serverUrl(document: OpenApiDocument, operation: Operation): string {
  const text = document.isSwagger ? swaggerUrl(document) : openApiUrl(document, operation);
  const url = URL.parse(text, document.url.href);
  if (url !== null && /^https?:$/.test(url.protocol))
    return url.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
  throw standardFailure("configuration", `${nameOf(document.url)} names no http or https server`);
}

function swaggerUrl(document: OpenApiDocument): string {
  const { root, url } = document;
  const schemes = document
    .listAt(root["schemes"])
    .map(String)
    .filter((scheme) => /^https?$/.test(scheme));
  const own = url.protocol.slice(0, -1);
  const isOwn =
    schemes.length === 0
      ? /^https?$/.test(own)
      : schemes.includes(own) && root["host"] === undefined;
  const scheme = isOwn ? own : schemes.includes("https") ? "https" : (schemes[0] ?? "http");
  const host = typeof root["host"] === "string" ? root["host"] : url.host;
  const basePath = typeof root["basePath"] === "string" ? root["basePath"] : "";
  return `${scheme}://${host}/${basePath.replace(/^\/+/, "")}`;
}

function openApiUrl(document: OpenApiDocument, { definition, pathItem }: Operation): string {
  const lists = [definition["servers"], pathItem["servers"], document.root["servers"]];
  const [server] = lists.map((list) => document.listAt(list)).find((list) => list.length > 0) ?? [];
  const { url, variables } = document.mapAt(server);
  return typeof url === "string" ? withVariables(url, document, document.mapAt(variables)) : "/";
}

function withVariables(url: string, document: OpenApiDocument, variables: JsonMap): string {
  return url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const value: Json = document.mapAt(variables[name])["default"] ?? "";
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}
