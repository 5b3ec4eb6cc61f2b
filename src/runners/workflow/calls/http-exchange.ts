import { WorkflowFailure, standardFailure } from "../workflow-failure.ts";
import { boundedRead } from "./bounded-read.ts";
import type { CallLimits } from "./call-limits.ts";
import { networkFailure } from "./network-failure.ts";
import { Patience } from "./patience.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | FormData | undefined;
  /** Goes where redirects point to, at most ten times. */
  readonly followsRedirects: boolean;
}

export interface HttpAnswer {
  /** The last one that was sent. */
  readonly request: HttpRequest;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

const maxRedirects = 10;
/** Headers that are for one server alone. */
const ownHeaders = ["authorization", "cookie", "proxy-authorization"];

/**
 * Sends a request and reads the whole answer, whatever its status.
 *
 * @throws WorkflowFailure communication when there is no whole answer, timeout when it takes too long
 */
export async function exchangeHttp(
  request: HttpRequest,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const what = subjectOf(request);
  using patience = new Patience(what, limits, signal);
  try {
    return await exchangeFollowing(request, limits, patience);
  } catch (thrown) {
    throw (
      patience.failure ??
      (thrown instanceof WorkflowFailure ? thrown : networkFailure(thrown, what))
    );
  }
}

/** `GET https://example.com/pets`: without user, query and fragment, which may hold secrets. */
export function subjectOf({ method, url }: Pick<HttpRequest, "method" | "url">): string {
  return `${method} ${url.origin}${url.pathname}`;
}

async function exchangeFollowing(
  first: HttpRequest,
  limits: CallLimits,
  patience: Patience,
): Promise<HttpAnswer> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const response = await send(request, patience.signal);
    patience.heard();
    const next = request.followsRedirects ? redirectedRequest(request, response) : undefined;
    if (next === undefined) return answerOf(request, response, limits, patience);
    await response.body?.cancel();
    if (redirects === maxRedirects) {
      throw standardFailure(
        "communication",
        `${subjectOf(first)} redirects more than ${maxRedirects} times`,
      );
    }
    request = next;
  }
}

function send({ method, url, headers, body }: HttpRequest, signal: AbortSignal): Promise<Response> {
  const target = new URL(url);
  target.hash = "";
  return fetch(target, {
    method,
    headers,
    signal,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
}

async function answerOf(
  request: HttpRequest,
  response: Response,
  limits: CallLimits,
  patience: Patience,
): Promise<HttpAnswer> {
  const body = await boundedRead(response.body, {
    maxBytes: limits.responseBytes,
    what: subjectOf(request),
    onProgress: () => patience.heard(),
  });
  const { status, statusText, headers } = response;
  return { request, status, statusText, headers, body };
}

/** What a redirect asks for (RFC 9110, section 15.4); undefined for an answer that is none. */
function redirectedRequest(request: HttpRequest, response: Response): HttpRequest | undefined {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return undefined;
  const url = URL.parse(location, request.url.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw standardFailure(
      "communication",
      `${subjectOf(request)} redirects to what is no http or https URL`,
    );
  }
  const headers = new Headers(request.headers);
  if (url.origin !== request.url.origin) ownHeaders.forEach((name) => headers.delete(name));
  if (!becomesGet(request.method, response.status)) return { ...request, url, headers };
  for (const name of ["content-type", "content-length", "content-encoding"]) headers.delete(name);
  return { ...request, method: "GET", url, headers, body: undefined };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}
