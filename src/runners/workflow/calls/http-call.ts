import type { Json } from "../../../contract/json.ts";
import { version } from "../../../system/version.ts";
import type { HttpCall } from "../../../workflow/definition/call.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { CallPlace } from "../workflow-host.ts";
import type { CallHost } from "./call-host.ts";
import { endpointUrl } from "./endpoint-uri.ts";
import { evaluateMap, textOf } from "./evaluate-parameters.ts";
import { guardedCall, type RunningCall } from "./guarded-call.ts";
import { appendValue, decodeBody, encodeBody } from "./http-body.ts";
import { exchangeHttp, type HttpAnswer, type HttpRequest, subjectOf } from "./http-exchange.ts";
import { httpStatusFailure } from "./http-status-failure.ts";
import { authorizedScope, headerOf, resolveAuthentication } from "./resolve-authentication.ts";

export type OutputForm = "raw" | "content" | "response";

/**
 * `call: http`. An answer outside 200–299 is an error, with `redirect: true` outside 200–399.
 *
 * @throws WorkflowFailure
 */
export function callHttp(call: HttpCall, place: CallPlace, host: CallHost): Promise<Json> {
  return guardedCall(place, host, async (running) => {
    const { endpoint, redirect = false } = call;
    const authorization = await resolveAuthentication(endpoint.authentication, running);
    const scope = authorizedScope(running.scope, authorization);
    const headers = headersFrom(call.headers, { ...running, scope });
    if (authorization && !headers.has("authorization")) {
      headers.set("authorization", headerOf(authorization));
    }
    const url = endpointUrl(endpoint.uri, scope);
    for (const [name, value] of Object.entries(
      evaluateMap(call.query, scope, "the query parameters"),
    )) {
      for (const one of Array.isArray(value) ? value : [value])
        appendValue(url.searchParams, name, one as Json);
    }
    const body = encodeBody(call.body && evaluateTemplate(call.body, scope), headers);
    const method = call.method.toUpperCase();
    return await requestHttp(
      { method, url, headers, body, followsRedirects: redirect },
      call.output,
      running,
    );
  });
}

/** Sends a request of a call, and gives its answer in the form that the call wants. */
export async function requestHttp(
  request: HttpRequest,
  form: OutputForm = "content",
  { host, effect }: RunningCall,
): Promise<Json> {
  setHeaderUnlessThere(request.headers, "accept", "application/json, */*;q=0.8");
  setHeaderUnlessThere(request.headers, "user-agent", `stigmer/${version}`);
  setHeaderUnlessThere(
    request.headers,
    "idempotency-key",
    idempotencyKey(host.executionId, effect.key),
  );
  checkMethod(request);
  const answer = await exchangeHttp(request, host.limits, effect.signal);
  const lastGood = request.followsRedirects ? 399 : 299;
  if (answer.status < 200 || answer.status > lastGood) throw httpStatusFailure(answer);
  return outputOf(answer, form);
}

function outputOf(answer: HttpAnswer, form: OutputForm): Json {
  const { request, status, headers, body } = answer;
  if (form === "raw") return body.toString("base64");
  const content = decodeBody(body, headers.get("content-type"), subjectOf(request));
  if (form === "content") return content;
  const sent = new Headers(request.headers);
  for (const name of ["authorization", "cookie"]) sent.delete(name);
  return {
    request: { method: request.method, uri: request.url.href, headers: Object.fromEntries(sent) },
    statusCode: status,
    headers: Object.fromEntries(headers),
    content,
  };
}

function headersFrom(template: Template | undefined, { scope }: RunningCall): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(evaluateMap(template, scope, "the headers"))) {
    if (value !== null) addHeader(headers, name, textOf(value, `the header ${name}`));
  }
  return headers;
}

/** @throws WorkflowFailure configuration for what a header cannot hold, without the value */
export function addHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    throw standardFailure(
      "configuration",
      `the header ${JSON.stringify(name)} has a name or a value that cannot be sent`,
    );
  }
}

function setHeaderUnlessThere(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

/** The same for every attempt, so that a server that knows the header acts once. */
function idempotencyKey(executionId: string, key: string): string {
  return `${executionId}/${key}`
    .toWellFormed()
    .replaceAll(/[^\u0021-\u007e]/gu, encodeURIComponent);
}

function checkMethod({ method, body }: HttpRequest): void {
  if (!/^[A-Z]+$/.test(method) || ["CONNECT", "TRACE", "TRACK"].includes(method)) {
    throw standardFailure(
      "configuration",
      `${JSON.stringify(method)} is not a method of HTTP that can be called`,
    );
  }
  if (body !== undefined && (method === "GET" || method === "HEAD")) {
    throw standardFailure(
      "configuration",
      `a ${method} request has no body; pass parameters with query`,
    );
  }
}
