import { StigmerError } from "../../contract/errors.ts";
import type { ManifestText } from "../manifest/manifest-files.ts";

/** A skill with all its files is a document. */
const maxDocumentBytes = 64 << 20;
const maxFileBytes = 256 << 20;

/** By the rules of YAML such a line starts a document wherever it stands. */
const documentStart = /^---(?:\s|$)/;

/**
 * The documents of a YAML stream, or of a file with a JSON document a line, one by one: of a large
 * file only one is held at a time.
 *
 * @throws StigmerError `invalid-argument` for what is no UTF-8 or too large
 */
export async function* splitDocuments(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ManifestText> {
  let firstLine = 1;
  let lines: string[] = [];
  let bytes = 0;
  for await (const line of linesOf(name, chunks)) {
    if (startsDocument(line, lines)) {
      // With the end of its last line: a block literal may keep it.
      yield { name, text: [...lines, ""].join("\n"), firstLine };
      firstLine += lines.length;
      [lines, bytes] = [[], 0];
    }
    lines.push(line);
    bytes += line.length + 1;
    if (bytes > maxDocumentBytes) throw tooLarge(`${name}:${firstLine}: a document`, 64);
  }
  yield { name, text: lines.join("\n"), firstLine };
}

function startsDocument(line: string, before: readonly string[]): boolean {
  if (documentStart.test(line)) return before.length > 0;
  // JSON lines: no document goes on like this after a whole object.
  const [only = ""] = before;
  return before.length === 1 && isObjectLine(only) && line.startsWith("{");
}

function isObjectLine(line: string): boolean {
  return line.startsWith("{") && line.trimEnd().endsWith("}");
}

async function* linesOf(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let rest = "";
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxFileBytes) throw tooLarge(name, 256);
    const lines = (rest + decoded(name, () => decoder.decode(chunk, { stream: true }))).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxDocumentBytes) throw tooLarge(`${name}: a line`, 64);
    yield* lines;
  }
  yield rest + decoded(name, () => decoder.decode());
}

function decoded(name: string, decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw new StigmerError("invalid-argument", `${name} is not UTF-8.`, {
      hint: "Save it as UTF-8.",
      cause,
    });
  }
}

function tooLarge(what: string, megabytes: number): StigmerError {
  return new StigmerError("invalid-argument", `${what} is larger than ${megabytes} MB.`, {
    hint: "Import it in several parts, what others refer to first.",
  });
}
