import { printableText } from "../../mcp/printable-text.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { CallLimits } from "./call-limits.ts";
import { exchangeHttp, type HttpAnswer, subjectOf } from "./http-exchange.ts";
import type { TokenRequest } from "./token-request.ts";

export interface FetchedToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const defaultTokenPath = "/oauth2/token";
/** Of a server that does not say how long its tokens live. */
const assumedLifeSeconds = 60;

/** Asks an authorization server for an access token. Nothing that is secret is in its errors. */
export async function fetchToken(
  request: TokenRequest,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<FetchedToken> {
  const url = await tokenEndpoint(request, limits, signal);
  const { headers, parameters } = credentialsOf(request);
  headers.set("accept", "application/json");
  headers.set("content-type", request.encoding);
  const body =
    request.encoding === "application/json"
      ? JSON.stringify(parameters)
      : String(new URLSearchParams(parameters));
  const answer = await exchangeHttp(
    { method: "POST", url, headers, body, followsRedirects: false },
    limits,
    signal,
  );
  return tokenIn(answer);
}

async function tokenEndpoint(
  request: TokenRequest,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<URL> {
  const { authority, tokenEndpoint: written, kind } = request;
  if (written === undefined && kind === "oidc") return discoverEndpoint(request, limits, signal);
  const url =
    URL.parse(written ?? defaultTokenPath) ?? below(authority, written ?? defaultTokenPath);
  if (/^https?:$/.test(url.protocol)) return url;
  throw standardFailure(
    "configuration",
    "the token endpoint of an authentication is not an http or https URL",
  );
}

/** OpenID Connect Discovery 1.0, section 4. */
async function discoverEndpoint(
  request: TokenRequest,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<URL> {
  const url = below(request.authority, "/.well-known/openid-configuration");
  const headers = new Headers({ accept: "application/json" });
  const answer = await exchangeHttp(
    { method: "GET", url, headers, body: undefined, followsRedirects: true },
    limits,
    signal,
  );
  const found = answer.status === 200 ? membersOf(answer.body) : {};
  const endpoint = URL.parse(String(found["token_endpoint"]));
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol)) {
    throw standardFailure(
      "communication",
      `${subjectOf(answer.request)} names no token endpoint (status ${answer.status}); set endpoints.token`,
    );
  }
  const issuer = String(found["issuer"]);
  if (request.issuers.length > 0 && !request.issuers.includes(issuer)) {
    throw standardFailure(
      "authentication",
      `the issuer ${JSON.stringify(issuer.slice(0, 200))} is none of issuers`,
    );
  }
  return endpoint;
}

function below(authority: URL, path: string): URL {
  const base = authority.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return new URL(`${base}/${path.replace(/^\/+/, "")}`);
}

interface Credentials {
  readonly headers: Headers;
  readonly parameters: Record<string, string>;
}

function credentialsOf({ client, scopes, audiences }: TokenRequest): Credentials {
  const headers = new Headers();
  const parameters: Record<string, string> = { grant_type: "client_credentials" };
  if (scopes.length > 0) parameters["scope"] = scopes.join(" ");
  if (audiences.length > 0) parameters["audience"] = audiences.join(" ");
  const { id = "", secret = "" } = client;
  if (client.authentication === "client_secret_basic") {
    // RFC 6749, section 2.3.1: each part is form-encoded first.
    const pair = `${formEncoded(id)}:${formEncoded(secret)}`;
    headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
  } else {
    if (id !== "") parameters["client_id"] = id;
    if (client.authentication === "client_secret_post" && secret !== "")
      parameters["client_secret"] = secret;
  }
  return { headers, parameters };
}

function formEncoded(text: string): string {
  return String(new URLSearchParams({ v: text })).slice(2);
}

function tokenIn(answer: HttpAnswer): FetchedToken {
  const members = membersOf(answer.body);
  const { access_token: token, expires_in: life } = members;
  if (answer.status === 200 && typeof token === "string" && token !== "") {
    const seconds = Number(life ?? assumedLifeSeconds);
    return {
      token,
      expiresAt: Date.now() + (Number.isFinite(seconds) ? seconds : assumedLifeSeconds) * 1000,
    };
  }
  const reason = [members["error"], members["error_description"]]
    .filter((part) => typeof part === "string")
    .map((part) => printableText(part).slice(0, 200))
    .join(": ");
  const isRefusal = answer.status >= 400 && answer.status < 500;
  const said = reason === "" ? "" : ` (${reason})`;
  const what = `${subjectOf(answer.request)} gave no token: status ${answer.status}${said}`;
  throw standardFailure(isRefusal ? "authentication" : "communication", what);
}

function membersOf(body: Buffer): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
