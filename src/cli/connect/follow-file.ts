import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 150;

/**
 * What is appended to a file from now on, until `signal` aborts. Goes on with the new file when the
 * old one is rotated away, and waits for one that is not there yet.
 */
export async function* followFile(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  using tail = new FileTail(path);
  while (!signal.aborted) {
    const chunk = tail.read();
    if (chunk !== "") yield chunk;
    else if (!tail.follow()) await delay(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** The end of a file that grows and may be replaced. */
class FileTail implements Disposable {
  readonly #path: string;
  #file: number | undefined;
  #position: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openExisting(path);
    this.#position = this.#file === undefined ? 0 : fstatSync(this.#file).size;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  read(): string {
    const chunk = this.#file === undefined ? "" : readFrom(this.#file, this.#position);
    this.#position += Buffer.byteLength(chunk);
    return chunk;
  }

  /** Goes over to another file of this name; tells whether there was one. */
  follow(): boolean {
    if (this.#file !== undefined && !wasReplaced(this.#path, this.#file)) return false;
    this[Symbol.dispose]();
    this.#file = openExisting(this.#path);
    this.#position = 0;
    return this.#file !== undefined;
  }
}

/** Whole characters only: a log is written line by line, and what is cut comes with the next read. */
function readFrom(file: number, position: number): string {
  const buffer = Buffer.alloc(64 << 10);
  const text = buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, position));
  const lastLine = text.lastIndexOf("\n");
  return lastLine < 0 ? "" : text.slice(0, lastLine + 1);
}

function wasReplaced(path: string, file: number): boolean {
  const named = statSync(path, { throwIfNoEntry: false });
  return named !== undefined && named.ino !== fstatSync(file).ino;
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined; // Not there yet.
  }
}
