import type { Readable } from "node:stream";
import type { Message } from "@bufbuild/protobuf";
import { untilAborted } from "./until-aborted.ts";

/**
 * The messages that a client streams, each decoded and valid; read from the wire as they are asked
 * for. Leaving the loop early leaves the call open, so that it can still be answered.
 * @throws StigmerError invalid-argument for a message, or the reason of the signal
 */
export async function* readRequests(
  stream: Readable,
  read: (bytes: Buffer) => Promise<Message>,
  signal: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    const next = await untilAborted(chunks.next(), signal);
    if (next.done === true) return;
    yield await read(next.value);
  }
}
