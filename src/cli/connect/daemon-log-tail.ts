import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "../../system/data-folder.ts";

export function daemonLogFile(folder: DataFolder): string {
  return join(folder.logs, "daemon.log");
}

/** The last lines of the daemon's log, to be put behind a message; empty when there are none. */
export function daemonLogTail(folder: DataFolder): string {
  const lines = lastLines(daemonLogFile(folder), 5);
  return lines.length === 0 ? "" : `\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** The last lines of a file that may be large or absent. Reads at most 1 MB. */
export function lastLines(path: string, count: number): string[] {
  const text = readEnd(path, 1 << 20);
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return text === "" || count === 0 ? [] : lines.slice(-count);
}

function readEnd(path: string, bytes: number): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return ""; // No log was written yet.
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8", 0, read);
  } finally {
    closeSync(file);
  }
}
