import type { Json } from "../../../contract/json.ts";
import { standardFailure } from "../workflow-failure.ts";
import { textOf } from "./evaluate-parameters.ts";

/**
 * The body of a request, in the form that its `content-type` names: a text as it stands, a map as a
 * form, anything else as JSON, which is also what a body without that header is. Sets the header.
 */
export function encodeBody(
  body: Json | undefined,
  headers: Headers,
): string | FormData | undefined {
  if (body === undefined || body === null) return undefined;
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (typeof body === "string") {
    if (type === undefined) headers.set("content-type", "text/plain; charset=utf-8");
    return body;
  }
  if (type === "application/x-www-form-urlencoded") return String(formOf(body, URLSearchParams));
  if (type === "multipart/form-data") {
    // With the boundary that only the one who writes the body knows.
    headers.delete("content-type");
    return formOf(body, FormData);
  }
  if (type === undefined) headers.set("content-type", "application/json");
  return JSON.stringify(body);
}

/** A list is its name several times; null is left out; a map within is its JSON. */
function formOf<Form extends { append(name: string, value: string): void }>(
  body: Json,
  Form: new () => Form,
): Form {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw standardFailure("configuration", "the body of a form is a map");
  }
  const form = new Form();
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? value : [value]) appendValue(form, name, one as Json);
  }
  return form;
}

/** Adds one value of a query or a form. */
export function appendValue(
  to: { append(name: string, value: string): void },
  name: string,
  value: Json,
): void {
  if (value === null) return;
  to.append(name, typeof value === "object" ? JSON.stringify(value) : textOf(value, name));
}

/**
 * The body of an answer: JSON where it says so, a text where it is one, otherwise Base64.
 *
 * @throws WorkflowFailure communication for what says that it is JSON and is not
 */
export function decodeBody(body: Buffer, contentType: string | null, what: string): Json {
  if (body.length === 0 && contentType === null) return null;
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  if (/^application\/(.+\+)?json$|^text\/json$/.test(type.trim())) return decodeJson(body, what);
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"\s]+)"?\s*$/.exec(parameter)?.[1])
    .find((name) => name !== undefined);
  return decodeText(body, charset ?? "utf-8") ?? body.toString("base64");
}

function decodeJson(body: Buffer, what: string): Json {
  if (body.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as Json;
  } catch {
    throw standardFailure("communication", `${what} answered with invalid JSON`, {
      title: "Invalid JSON",
    });
  }
}

function decodeText(body: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset as Bun.Encoding, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
