// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text of a server made fit for an error: no escape sequences that could drive a terminal. */
export function printableText(text: string): string {
  return Bun.stripANSI(text).replace(controlCharacters, "");
}
