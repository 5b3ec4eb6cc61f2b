import { createReadStream } from "node:fs";
import { StigmerError } from "../../contract/errors.ts";
import type { InputSource } from "../input/read-text.ts";
import { readStdinChunks } from "../input/read-stdin.ts";
import { unreadableFile } from "../input/unreadable-file.ts";
import { Manifest } from "../manifest/read-manifest.ts";
import { splitDocuments } from "./split-documents.ts";

/**
 * Reads definitions from a file or from stdin (`-`), which may be larger than what people write.
 *
 * @throws StigmerError `invalid-argument` for a file that cannot be read or is too large
 */
export async function readImport(place: string, source: InputSource): Promise<Manifest> {
  const manifest = new Manifest();
  const name = place === "-" ? "stdin" : place;
  for await (const text of splitDocuments(name, importedBytes(place, source))) {
    manifest.add(text);
    source.signal.throwIfAborted();
  }
  return manifest;
}

/** The bytes of a file or of stdin (`-`). @throws StigmerError `invalid-argument` for no such file */
async function* importedBytes(place: string, source: InputSource): AsyncGenerator<Uint8Array> {
  if (place === "-") return yield* readStdinChunks(source.terminal, source.signal);
  try {
    yield* createReadStream(place, { signal: source.signal }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (cause instanceof StigmerError) throw cause;
    source.signal.throwIfAborted();
    throw unreadableFile(place, cause);
  }
}
