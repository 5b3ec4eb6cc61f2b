/** The inside of a fenced block: ``` with or without a language. */
const fence = /^```[\w-]*[ \t]*\r?\n(.*?)\r?\n?^```[ \t]*$/gms;

/**
 * The JSON of an answer as it was written: all of the text, or the only fenced block in it, which
 * many models cannot be talked out of. It may be no JSON at all.
 */
export function jsonTextOf(answer: string): string {
  const blocks = [...answer.matchAll(fence)];
  const [only] = blocks;
  return (blocks.length === 1 ? (only?.[1] ?? "") : answer).trim();
}
