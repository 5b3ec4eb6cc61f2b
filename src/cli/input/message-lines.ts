import { createInterface, type Interface } from "node:readline";
import type { InputSource } from "./read-text.ts";

/** Messages typed at a prompt, one a line, until Ctrl-D or Ctrl-C. Empty lines are no messages. */
export async function* promptedLines(
  source: InputSource,
  prompt: string,
): AsyncGenerator<string, void, undefined> {
  let history: string[] = [];
  for (;;) {
    // One editor per line: between two lines the terminal is its usual self and Ctrl-C a signal.
    const editor = createInterface({
      input: source.terminal.stdin,
      output: source.terminal.promptStream,
      terminal: true,
      history,
      prompt,
    });
    editor.on("history", (lines: string[]) => {
      history = [...lines];
    });
    const line = await nextLine(editor, source.signal);
    editor.close();
    if (line === undefined) return source.terminal.ask("\n");
    if (line.trim() !== "") yield line;
  }
}

/** Messages from stdin, one a line. */
export async function* pipedLines({
  terminal,
  signal,
}: InputSource): AsyncGenerator<string, void, undefined> {
  const lines = createInterface({ input: terminal.stdin, signal });
  for await (const line of lines) if (line.trim() !== "") yield line;
  signal.throwIfAborted();
}

function nextLine(editor: Interface, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const leave = (): void => resolve(undefined);
    editor.once("line", resolve);
    editor.once("SIGINT", leave);
    editor.once("close", leave);
    signal.addEventListener("abort", leave, { once: true });
    editor.prompt();
  });
}
