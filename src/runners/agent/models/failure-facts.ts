/**
 * What a failed call is known by, whichever library threw it. Everything is looked up by shape:
 * classes differ from provider to provider, and mid-stream errors are often plain objects.
 */
export interface FailureFacts {
  /** The provider's own words where it has any. */
  readonly message: string;
  readonly status: number | undefined;
  /** Codes and types of the provider, in lower case: `insufficient_quota`, `overloaded_error`. */
  readonly codes: readonly string[];
  readonly retryAfterMs: number | undefined;
  readonly doNotRetry: boolean;
}

export function failureFacts(thrown: unknown): FailureFacts {
  const outer = record(thrown);
  const body = bodyOf(outer);
  const inner = innerError(body["error"]);
  const status = statusOf(outer);
  const headers = record(outer["responseHeaders"]);
  return {
    message: text(
      inner["message"],
      body["error"],
      body["message"],
      body["detail"],
      outer["message"],
    ),
    status,
    codes: codesOf([outer, body, inner]),
    retryAfterMs: retryAfterOf(headers) ?? retryInfoOf(inner["details"] ?? body["details"]),
    doNotRetry: headers["x-should-retry"] === "false",
  };
}

function statusOf(outer: Fields): number | undefined {
  const status = outer["statusCode"] ?? outer["status_code"];
  return typeof status === "number" ? status : undefined;
}

/** The raw body first: parsed data of the libraries lacks what their schema does not know. */
function bodyOf(outer: Fields): Fields {
  const raw = outer["responseBody"];
  if (typeof raw === "string") {
    const parsed = record(parseJson(raw));
    if (Object.keys(parsed).length > 0) return parsed;
  }
  return record(outer["data"]);
}

/** Ollama passes the error of its inner server on as JSON inside the text. */
function innerError(error: unknown): Fields {
  if (typeof error !== "string" || !error.startsWith("{")) return record(error);
  const nested = record(parseJson(error));
  return record(nested["error"] ?? nested);
}

function codesOf(sources: readonly Fields[]): string[] {
  const values = sources.flatMap((source) => [
    source["code"],
    source["type"],
    source["status"],
    record(source["details"])["error_code"],
    ...reasonsOf(source["details"]),
  ]);
  return values.filter((value) => typeof value === "string").map((value) => value.toLowerCase());
}

/** Google: `details: [{ "@type": ".../google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }]`. */
function reasonsOf(details: unknown): unknown[] {
  return list(details).flatMap((detail) => [
    record(detail)["reason"],
    ...list(record(detail)["violations"]).map((violation) => record(violation)["quotaId"]),
  ]);
}

/** RFC 9110 section 10.2.3: seconds or a date. `retry-after-ms` is OpenAI's finer one. */
function retryAfterOf(headers: Fields): number | undefined {
  const milliseconds = Number.parseFloat(String(headers["retry-after-ms"]));
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const value = headers["retry-after"];
  if (typeof value !== "string") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number.parseFloat(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Google: `details: [{ "@type": ".../google.rpc.RetryInfo", retryDelay: "34.5s" }]`. */
function retryInfoOf(details: unknown): number | undefined {
  for (const detail of list(details)) {
    const delay = record(detail)["retryDelay"];
    const seconds = typeof delay === "string" ? Number.parseFloat(delay) : Number.NaN;
    if (Number.isFinite(seconds)) return seconds * 1_000;
  }
  return undefined;
}

function text(...candidates: readonly unknown[]): string {
  const found = candidates.find((value) => typeof value === "string" && value.trim() !== "");
  return typeof found === "string" ? found.trim() : "";
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseJson(raw: string): unknown {
  try {
    const parsed: unknown = JSON.parse(raw);
    return Array.isArray(parsed) ? parsed[0] : parsed;
  } catch {
    return undefined;
  }
}
