import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { fileError, systemCodeOf } from "./file-error.ts";
import type { LogSink } from "./log.ts";
import { checkOwnPath } from "./private-path.ts";

export interface LogFileOptions {
  readonly path: string;
  /** A file that would grow over this many bytes becomes `path.1`, that one `path.2`, and so on. */
  readonly maxBytes: number;
  /** How many files there are at most, the current one included. */
  readonly files: number;
}

/**
 * A log in 0600 files of bounded size and number. One process per path: another would go on writing
 * to a file this one has moved.
 *
 * A line that cannot be written is dropped and counted; the count is written with the next line.
 * @throws StigmerError when the file cannot be opened, or is a link or another user's
 */
export function openLogFile(options: LogFileOptions): LogSink & Disposable {
  return new LogFile(options);
}

class LogFile implements LogSink, Disposable {
  readonly #options: LogFileOptions;
  #descriptor: number | undefined;
  #bytes = 0;
  #dropped = 0;

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#open();
  }

  write(line: string): void {
    try {
      if (this.#dropped > 0) this.#append(droppedLine(this.#dropped));
      this.#dropped = 0;
      this.#append(line);
    } catch {
      this.#dropped += 1;
    }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#options.maxBytes) this.#rotate();
    const descriptor = this.#descriptor ?? this.#open();
    this.#bytes += writeSync(descriptor, bytes);
  }

  #rotate(): void {
    this[Symbol.dispose]();
    const { path, files } = this.#options;
    for (let age = files - 1; age >= 1; age--)
      moveFile(numbered(path, age - 1), numbered(path, age));
    this.#open(files === 1 ? constants.O_TRUNC : 0);
  }

  #open(extraFlags = 0): number {
    const { path } = this.#options;
    checkOwnPath(path, "file");
    const flags =
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    try {
      this.#descriptor = openSync(path, flags | extraFlags, 0o600);
      this.#bytes = fstatSync(this.#descriptor).size;
      return this.#descriptor;
    } catch (cause) {
      throw fileError("open log file", path, cause);
    }
  }
}

function numbered(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age}`;
}

function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOENT") throw cause;
  }
}

function droppedLine(count: number): string {
  const time = new Date().toISOString();
  return JSON.stringify({ time, level: "warn", message: "log lines dropped", count });
}
