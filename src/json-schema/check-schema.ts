import type { Json } from "../contract/json.ts";
import { memberPath } from "../contract/member-path.ts";
import { checkKeyword } from "./check-keyword.ts";
import { inPlaceKeywords } from "./schema-keywords.ts";
import { isObject, type SchemaObject, type SchemaPlace, subschemasOf } from "./subschemas.ts";

/** What is wrong with a schema, and where in it: `properties.price.type`; empty for the whole. */
export interface SchemaProblem {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** Bytes of its JSON: it travels with every call of the model. */
const maxBytes = 65_536;

/**
 * What keeps a JSON Schema (2020-12) from being used; empty when nothing does. A reference leads to
 * a place in the same schema: nothing is ever fetched.
 */
export function checkSchema(schema: Json): SchemaProblem[] {
  const size = Buffer.byteLength(JSON.stringify(schema));
  if (size > maxBytes) {
    const message = `has ${size} bytes; ${maxBytes} are the limit`;
    return [{ path: "", rule: "size", message }];
  }
  const survey = new Survey();
  survey.visit(schema, { path: "", pointer: "" });
  return survey.problems.length > 0 ? survey.problems : survey.findReferenceProblems();
}

interface Visited {
  readonly schema: SchemaObject;
  readonly place: SchemaPlace;
}

class Survey {
  readonly problems: SchemaProblem[] = [];
  /** By pointer and by anchor, as a `$ref` writes them behind the `#`. */
  readonly #schemas = new Map<string, Visited>();
  readonly #booleans = new Set<string>();

  visit(schema: Json, place: SchemaPlace): void {
    if (typeof schema === "boolean") {
      this.#booleans.add(place.pointer);
      return;
    }
    if (!isObject(schema)) {
      const message = "is no schema: an object, true or false";
      this.problems.push({ path: place.path, rule: "type", message });
      return;
    }
    const visited = { schema, place };
    this.#schemas.set(place.pointer, visited);
    if (typeof schema["$anchor"] === "string") this.#schemas.set(schema["$anchor"], visited);
    for (const [keyword, value] of Object.entries(schema)) {
      const message = checkKeyword(keyword, value, place.pointer === "");
      if (message === undefined) continue;
      this.problems.push({ path: memberPath(place.path, keyword), rule: keyword, message });
    }
    for (const { value, ...at } of subschemasOf(schema, place)) this.visit(value, at);
  }

  findReferenceProblems(): SchemaProblem[] {
    const lost = [...this.#schemas.values()].flatMap((visited) => this.#lostReference(visited));
    if (lost.length > 0) return lost;
    const circle = [...this.#schemas.values()].find((visited) => this.#isCircle(visited));
    if (!circle) return [];
    const message = "refers to itself without a step into the value, which would never end";
    return [{ path: circle.place.path, rule: "$ref", message }];
  }

  #lostReference({ schema, place }: Visited): SchemaProblem[] {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return [];
    const target = targetOf(reference);
    if (this.#schemas.has(target) || this.#booleans.has(target)) return [];
    const message = `there is no schema at "${reference}"`;
    return [{ path: memberPath(place.path, "$ref"), rule: "$ref", message }];
  }

  #isCircle(start: Visited): boolean {
    const seen = new Set<SchemaObject>();
    const open = this.#inPlace(start);
    for (let next = open.pop(); next; next = open.pop()) {
      if (next.schema === start.schema) return true;
      if (seen.has(next.schema)) continue;
      seen.add(next.schema);
      open.push(...this.#inPlace(next));
    }
    return false;
  }

  /** The schemas that look at the same value as this one. */
  #inPlace({ schema, place }: Visited): Visited[] {
    const inner = subschemasOf(schema, place).flatMap(({ keyword, pointer }) =>
      inPlaceKeywords.has(keyword) ? (this.#schemas.get(pointer) ?? []) : [],
    );
    const reference = schema["$ref"];
    const target =
      typeof reference === "string" ? this.#schemas.get(targetOf(reference)) : undefined;
    return target ? [...inner, target] : inner;
  }
}

/** What stands behind the `#`, decoded as a URI fragment. */
function targetOf(reference: string): string {
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return reference.slice(1);
  }
}
