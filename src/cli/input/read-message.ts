import { StigmerError } from "../../contract/errors.ts";
import { readStdin } from "./read-stdin.ts";
import type { InputSource } from "./read-text.ts";
import { hasUnaskedInput } from "./unasked-input.ts";

/**
 * The message that the words of a command line are; a trailing `-` appends what stdin holds. Warns
 * when a pipe holds data that nobody asked for.
 *
 * @throws StigmerError `usage` when there is no message.
 */
export async function readMessage(words: readonly string[], source: InputSource): Promise<string> {
  if (words.at(-1) !== "-") {
    if (hasUnaskedInput()) {
      source.terminal.warn("stdin holds data that is not read; a trailing - appends it");
    }
    return required(words.join(" "));
  }
  const text = words.slice(0, -1).join(" ");
  const input = (await readStdin(source.terminal, source.signal)).trimEnd();
  return required(text === "" ? input : `${text}\n\n${input}`);
}

function required(message: string): string {
  if (message.trim() !== "") return message;
  throw new StigmerError("usage", "The message is empty.", {
    hint: 'stigmer agent execute NAME "hello", or - to read it from stdin',
  });
}
