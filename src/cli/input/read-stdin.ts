import { StigmerError } from "../../contract/errors.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Everything that stdin holds, to its end.
 *
 * @throws StigmerError `usage` on a terminal without anybody who may be asked; what `signal` was
 * aborted with; `invalid-argument` when it is larger than `maxBytes`.
 */
export async function readStdin(
  terminal: Terminal,
  signal: AbortSignal,
  maxBytes = 4 << 20,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readStdinChunks(terminal, signal)) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * What stdin holds, piece by piece.
 *
 * @throws what `signal` was aborted with
 */
export async function* readStdinChunks(
  terminal: Terminal,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (terminal.stdinIsTerminal) terminal.notice("Reading from the terminal; end with Ctrl-D.");
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  // Between two pieces nobody listens.
  aborted.catch(() => undefined);
  const abort = (): void => reject(signal.reason as Error);
  signal.throwIfAborted();
  signal.addEventListener("abort", abort, { once: true });
  const chunks = terminal.stdin[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), aborted]);
      if (next.done === true) return;
      yield Buffer.from(next.value as Uint8Array);
    }
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function tooLarge(maxBytes: number): StigmerError {
  return new StigmerError("invalid-argument", `stdin holds more than ${maxBytes >> 20} MB.`, {
    hint: "Pass less, for example through head -c.",
  });
}
