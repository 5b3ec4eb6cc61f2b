import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { StigmerError } from "../../contract/errors.ts";
import type { InputSource } from "./read-text.ts";

/**
 * Asks for a value without showing what is typed.
 *
 * @throws StigmerError `usage` that names what to use instead, where nobody can be asked.
 */
export async function askSecret(
  { terminal, signal }: InputSource,
  prompt: { readonly question: string; readonly instead: string },
): Promise<string> {
  if (!terminal.canAsk) {
    throw new StigmerError("usage", "Input is needed, and there is nobody to ask.", {
      hint: `Use ${prompt.instead}.`,
    });
  }
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal.stdin, output: nowhere, terminal: true });
  // Only now: what is typed from here on is not shown any more.
  terminal.ask(prompt.question);
  try {
    return await new Promise<string>((resolve, reject) => {
      const leave = () => reject(new StigmerError("cancelled", "Nothing was entered."));
      lines.once("line", resolve);
      lines.once("SIGINT", leave);
      lines.once("close", leave);
      signal.addEventListener("abort", leave, { once: true });
    });
  } finally {
    lines.close();
    terminal.say("");
  }
}
