import type { Writable } from "node:stream";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { OpenCall } from "./open-call.ts";
import { untilAborted } from "./until-aborted.ts";

type Response = MessageInitShape<DescMessage>;

export interface ResponseStream {
  readonly responses: AsyncIterable<Response>;
  readonly call: Writable;
  readonly open: OpenCall;
  readonly encode: (response: Response) => Buffer;
}

/**
 * Writes what a handler yields, one message at a time: the next is asked for when the last one left,
 * so a client that does not read costs one message.
 * @throws what the handler throws, or the reason for which the call was ended
 */
export async function writeResponses(stream: ResponseStream): Promise<void> {
  const { responses, call, open, encode } = stream;
  const iterator = responses[Symbol.asyncIterator]();
  let isExhausted = false;
  try {
    for (;;) {
      const next = await untilAborted(iterator.next(), open.cutOff);
      if (next.done === true) break;
      await untilAborted(write(call, encode(next.value)), open.cutOff);
    }
    isExhausted = true;
    open.signal.throwIfAborted();
  } catch (thrown) {
    // What a handler throws because it was told to stop is not the reason for it.
    throw open.signal.aborted ? open.signal.reason : thrown;
  } finally {
    if (!isExhausted) leave(iterator);
  }
}

/** Lets the handler clean up, but does not wait: it may be in the middle of something slow. */
function leave(iterator: AsyncIterator<unknown>): void {
  // It hears of the end through its signal too; what it throws now has no reader left.
  iterator.return?.().then(undefined, () => undefined);
}

function write(call: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    call.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
