import type { CallLimits } from "./call-limits.ts";
import { type FetchedToken, fetchToken } from "./fetch-token.ts";
import type { TokenRequest } from "./token-request.ts";

/** A token is asked for anew this long before it ends: a request that carries it takes time too. */
const marginMs = 10_000;

/** Access tokens of one execution, in memory only. Calls that need the same one at a time ask once. */
export class TokenCache {
  readonly #tokens = new Map<string, FetchedToken>();
  readonly #asking = new Map<string, Promise<FetchedToken>>();

  /** @throws WorkflowFailure authentication when it is refused, communication when nobody answers */
  async get(request: TokenRequest, limits: CallLimits, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const key = JSON.stringify(request);
    const known = this.#tokens.get(key);
    if (known && known.expiresAt - marginMs > Date.now()) return known.token;
    const asking = this.#asking.get(key) ?? this.#ask(key, request, limits);
    return (await untilAborted(asking, signal)).token;
  }

  /** With a signal of its own: the call that asked first may be cancelled while others wait. Its limits end it. */
  #ask(key: string, request: TokenRequest, limits: CallLimits): Promise<FetchedToken> {
    const asking = fetchToken(request, limits, new AbortController().signal)
      .then((fetched) => {
        this.#tokens.set(key, fetched);
        return fetched;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
