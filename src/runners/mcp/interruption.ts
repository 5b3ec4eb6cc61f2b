import { StigmerError } from "../../contract/errors.ts";

export interface RequestLimits {
  readonly signal: AbortSignal;
  /** In milliseconds. */
  readonly timeout: number;
}

/**
 * The error of a request that we ended ourselves, and undefined for one that failed otherwise.
 * The SDK reports both as a timeout, so the signal tells them apart.
 *
 * @param what the request as the subject of a sentence
 */
export function interruption(
  thrown: unknown,
  what: string,
  limits: RequestLimits,
): StigmerError | undefined {
  if (limits.signal.aborted) {
    return new StigmerError("cancelled", `${what} was cancelled`, { cause: thrown });
  }
  if (!isTimeout(thrown)) return undefined;
  return new StigmerError(
    "deadline-exceeded",
    `${what} did not finish within ${limits.timeout} ms`,
    { hint: "allow more time, or ask the server for less at a time", cause: thrown },
  );
}

export function isTimeout(thrown: unknown): boolean {
  return sdkErrorCodeOf(thrown) === "REQUEST_TIMEOUT";
}

/** The code of an error of the SDK, such as `CONNECTION_CLOSED`. */
export function sdkErrorCodeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
