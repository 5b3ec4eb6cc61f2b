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
  if (terminal.stdinIsTerminal) terminal.notice("Reading from the terminal; end with Ctrl-D.");
  const chunks: Buffer[] = [];
  let size = 0;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  const collect = async (): Promise<string> => {
    for await (const chunk of terminal.stdin) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString("utf8");
  };
  signal.throwIfAborted();
  return await Promise.race([collect(), aborted]);
}

function tooLarge(maxBytes: number): StigmerError {
  return new StigmerError("invalid-argument", `stdin holds more than ${maxBytes >> 20} MB.`, {
    hint: "Pass less, for example through head -c.",
  });
}
