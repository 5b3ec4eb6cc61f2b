import { StigmerError } from "../../contract/errors.ts";

/**
 * Reads `K=V` words; only the first `=` separates. The last of several with one key wins.
 *
 * @param what the flag or argument they came from, for the message.
 * @throws StigmerError `usage` for a word without a key or without `=`.
 */
export function parseKeyValues(words: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(words.map((word) => parseKeyValue(word, what)));
}

function parseKeyValue(word: string, what: string): [key: string, value: string] {
  const separator = word.indexOf("=");
  if (separator < 1) {
    throw new StigmerError("usage", `${what} takes KEY=VALUE, not "${word}".`, {
      hint: `Write for example ${what.startsWith("--") ? `${what} ` : ""}NAME=value`,
    });
  }
  return [word.slice(0, separator), word.slice(separator + 1)];
}
