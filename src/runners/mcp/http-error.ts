import type { ErrorCode } from "../../contract/errors.ts";
import { StigmerError, messageOf } from "../../contract/errors.ts";
import { printableText } from "./printable-text.ts";

/** What an error about an HTTP server can tell besides what was thrown. */
export interface HttpContext {
  readonly serverName: string;
  /** The URL without credentials and query, which may hold secrets. */
  readonly url: string;
  /** Names of the headers its definition sends. */
  readonly headerNames: readonly string[];
  /** The last `WWW-Authenticate` of the server. */
  readonly challenge: string | undefined;
}

const certificateCodes = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** A failed HTTP request to an MCP server as an error that says what to change. */
export function httpError(thrown: unknown, context: HttpContext): StigmerError {
  const { code, reason, hint } = describeFailure(thrown, context);
  const message = `MCP server "${context.serverName}" at ${context.url} ${reason}`;
  return new StigmerError(code, message, { hint, cause: thrown });
}

interface FailureText {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

function describeFailure(thrown: unknown, context: HttpContext): FailureText {
  const tryAgain = `stigmer mcp tools ${context.serverName}`;
  const status = httpStatusOf(thrown);
  if (status === 401) return describeUnauthorized(context);
  if (status === 403) {
    const reason = `denied access (403): ${shortText(thrown)}`;
    const hint = "use credentials that may do this, in the headers of the server's definition";
    return { code: "permission-denied", reason, hint };
  }
  if (status === 404) {
    const hint = `check the path of the url (often /mcp), then: ${tryAgain}`;
    return { code: "unavailable", reason: "has no MCP endpoint there (404)", hint };
  }
  if (status !== undefined) {
    const code = status === 429 ? "resource-exhausted" : "unavailable";
    const reason = `answered ${status}: ${shortText(thrown)}`;
    return { code, reason, hint: `once the server is well: ${tryAgain}` };
  }
  return describeNetworkFailure(thrown, tryAgain);
}

function describeUnauthorized({ headerNames, challenge }: HttpContext): FailureText {
  const sent = headerNames.find((name) => name.toLowerCase() === "authorization");
  const wanted = challenge === undefined ? "" : `; it asks for: ${printableText(challenge)}`;
  const reason =
    sent === undefined
      ? `asks for credentials (401) and got no Authorization header${wanted}`
      : `refused the credentials in the header ${sent} (401)${wanted}`;
  const hint =
    sent === undefined
      ? 'add to the definition, headers: { Authorization: "Bearer <token>" }'
      : `check the value of the header ${sent} in the server's definition`;
  return { code: "unauthenticated", reason, hint };
}

function describeNetworkFailure(thrown: unknown, tryAgain: string): FailureText {
  const network = networkCodeOf(thrown);
  if (network !== undefined && certificateCodes.has(network)) {
    const reason = `has a TLS certificate that cannot be trusted (${network})`;
    const hint =
      "for a private authority, start with NODE_EXTRA_CA_CERTS set to its certificate file";
    return { code: "unavailable", reason, hint };
  }
  if (network !== undefined) {
    const reason = `cannot be reached (${network})`;
    return {
      code: "unavailable",
      reason,
      hint: `start the server or fix its url, then: ${tryAgain}`,
    };
  }
  const hint = `check that the url is an MCP endpoint, then: ${tryAgain}`;
  return { code: "incompatible", reason: `does not speak MCP: ${shortText(thrown)}`, hint };
}

/** The status of an error of the SDK that stands for an HTTP answer. */
export function httpStatusOf(thrown: unknown): number | undefined {
  const status = thrown instanceof Error && "status" in thrown ? thrown.status : undefined;
  return typeof status === "number" ? status : undefined;
}

/** The system's code of a request that got no answer, such as `ECONNREFUSED`. */
export function networkCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown.cause !== undefined) return networkCodeOf(thrown.cause);
  // fetch() throws a TypeError, or an error that names the failed call; the SDK's do neither.
  const isOfNetwork =
    thrown instanceof TypeError || "errno" in thrown || isCertificateError(thrown);
  return isOfNetwork && "code" in thrown ? String(thrown.code) : undefined;
}

function isCertificateError(error: Error): boolean {
  return "code" in error && certificateCodes.has(String(error.code));
}

/** A server may answer with a whole page; the start of it is enough. */
function shortText(thrown: unknown): string {
  return printableText(messageOf(thrown)).slice(0, 300);
}
