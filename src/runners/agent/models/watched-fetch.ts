import type { CallWatch } from "./call-watch.ts";
import type { Transport } from "./model-request.ts";

/**
 * A `fetch` for provider libraries that reports to the watch of its call. Needed because their own
 * first-chunk timeouts do not fire when a server accepts a request and never answers.
 *
 * Redirects are not followed: a key must not reach a host that the user did not name.
 */
export function watchedFetch(watch: CallWatch, transport: Transport = fetch): typeof fetch {
  const watched = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    watch.requestSent();
    const response = await noticeLoss(watch, () =>
      transport(url, { ...init, redirect: "manual", signal: watch.signal }),
    );
    if (response.body === null) {
      watch.dataComplete();
      return response;
    }
    return new Response(watchedBody(response.body, watch), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
  return Object.assign(watched, { preconnect: fetch.preconnect });
}

function watchedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watch: CallWatch,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await noticeLoss(watch, () => reader.read());
      if (done) {
        watch.dataComplete();
        controller.close();
        return;
      }
      watch.dataReceived();
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function noticeLoss<T>(watch: CallWatch, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (cause) {
    if (!watch.signal.aborted) watch.connectionLost(cause);
    throw cause;
  }
}
