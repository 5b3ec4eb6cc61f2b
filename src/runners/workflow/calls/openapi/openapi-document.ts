import { isJsonMap, type Json, type JsonMap } from "../../../../contract/json.ts";
import { messageOf } from "../../../../contract/errors.ts";
import { standardFailure } from "../../workflow-failure.ts";
import type { FetchedResource } from "../read-resource.ts";

/** Reading YAML takes half a second for so many bytes, and nothing else runs meanwhile. */
const maxYamlBytes = 1 << 20;
const maxReferences = 20;

/** A Swagger 2 or OpenAPI 3 document. */
export class OpenApiDocument {
  readonly url: URL;
  readonly root: JsonMap;
  readonly isSwagger: boolean;

  private constructor(url: URL, root: JsonMap) {
    this.url = url;
    this.root = root;
    this.isSwagger = textIn(root, "swagger").startsWith("2");
  }

  /** @throws WorkflowFailure configuration for what is no such document */
  static async read({ url, text }: FetchedResource): Promise<OpenApiDocument> {
    const root = text.trimStart().startsWith("{") ? readJson(text, url) : await readYaml(text, url);
    const isKnown =
      isJsonMap(root) && /^(2|3)\./.test(textIn(root, "swagger") || textIn(root, "openapi"));
    if (isKnown) return new OpenApiDocument(url, root);
    throw standardFailure(
      "configuration",
      `${nameOf(url)} is no document of Swagger 2 or OpenAPI 3`,
    );
  }

  /** A map of the document, also where a `$ref` stands for it; empty for anything else. */
  mapAt(value: Json | undefined): JsonMap {
    let found = value;
    for (let count = 0; isJsonMap(found) && typeof found["$ref"] === "string"; count++) {
      if (count === maxReferences) this.#refuse(`has a circle of references at ${found["$ref"]}`);
      found = this.#referenced(found["$ref"]);
    }
    return isJsonMap(found) ? found : {};
  }

  listAt(value: Json | undefined): readonly Json[] {
    return Array.isArray(value) ? (value as readonly Json[]) : [];
  }

  #referenced(reference: string): Json | undefined {
    if (!reference.startsWith("#/")) this.#refuse(`refers to another document: ${reference}`);
    const names = reference.slice(2).split("/").map(decodePointer);
    return names.reduce<Json | undefined>(
      (value, name) => (isJsonMap(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      this.root,
    );
  }

  #refuse(what: string): never {
    throw standardFailure("configuration", `${nameOf(this.url)} ${what}`);
  }
}

/** A member that is a text; empty for anything else. */
export function textIn(map: JsonMap, name: string): string {
  const value = map[name];
  return typeof value === "string" ? value : "";
}

/** Without query, which may hold secrets. */
export function nameOf({ origin, protocol, pathname }: URL): string {
  return protocol === "file:" ? pathname : `${origin}${pathname}`;
}

function decodePointer(name: string): string {
  const text = name.replaceAll(/%[0-9a-f]{2}/gi, (code) =>
    String.fromCodePoint(Number.parseInt(code.slice(1), 16)),
  );
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function readJson(text: string, url: URL): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw standardFailure("configuration", `${nameOf(url)} is not valid JSON`);
  }
}

async function readYaml(text: string, url: URL): Promise<Json> {
  if (text.length > maxYamlBytes) {
    throw standardFailure(
      "configuration",
      `${nameOf(url)} is more than 1MB of YAML; use its JSON form`,
    );
  }
  const { parse } = await import("yaml");
  try {
    return parse(text, { maxAliasCount: 100 }) as Json;
  } catch (thrown) {
    const [reason = ""] = messageOf(thrown).split("\n");
    throw standardFailure(
      "configuration",
      `${nameOf(url)} is neither JSON nor YAML: ${reason.slice(0, 200)}`,
    );
  }
}
