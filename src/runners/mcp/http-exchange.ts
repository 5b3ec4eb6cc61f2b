import type { FetchLike } from "@modelcontextprotocol/client";
import { boundBody } from "./bounded-body.ts";
import { maxMessageBytes } from "./server-definition.ts";

/** A `fetch` for one MCP connection: bounds bodies, and notices what the SDK does not pass on. */
export class HttpExchange {
  readonly #onStreamLost: () => void;
  #challenge: string | undefined;

  /** @param onStreamLost called when an event stream broke or could not be taken up again */
  constructor(onStreamLost: () => void) {
    this.#onStreamLost = onStreamLost;
  }

  /** `WWW-Authenticate` of the last answer that had one: what the server wants to be shown. */
  get challenge(): string | undefined {
    return this.#challenge;
  }

  readonly fetch: FetchLike = async (url, init) => {
    const isStreamRequest = init?.method === "GET";
    try {
      const response = await fetch(url, init);
      this.#challenge = response.headers.get("www-authenticate") ?? this.#challenge;
      // 405 is how a server says that it has no such stream.
      if (isStreamRequest && !response.ok && response.status !== 405) this.#onStreamLost();
      return boundBody(response, maxMessageBytes, this.#onStreamLost);
    } catch (error) {
      if (isStreamRequest && init?.signal?.aborted !== true) this.#onStreamLost();
      throw error;
    }
  };
}
