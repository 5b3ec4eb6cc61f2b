/**
 * The same response with a limit on what one message may hold, in bytes. An event stream may be
 * endless, so there the limit is for each line, which is where a message stands.
 *
 * @param onBroken called when the body breaks off before its end
 */
export function boundBody(response: Response, maxBytes: number, onBroken: () => void): Response {
  if (response.body === null) return response;
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const reader = response.body.getReader();
  let size = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader.read().catch((error: unknown) => {
        onBroken();
        throw error;
      });
      if (next.done) return controller.close();
      const lineEnd = isStream ? next.value.lastIndexOf(10) : -1;
      size = lineEnd === -1 ? size + next.value.length : next.value.length - lineEnd - 1;
      if (size > maxBytes) {
        await reader.cancel();
        throw new RangeError(`a message is larger than ${maxBytes} bytes`);
      }
      controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
