import { readPrivateFile, removeFile, replacePrivateFile } from "./private-file.ts";

/**
 * What a daemon says of itself in `run/daemon.json`. Only a hint: the lock says whether a daemon
 * runs, and this may be what a killed one left.
 */
export interface DaemonRecord {
  readonly pid: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly version: string;
  readonly buildId: string;
  /** Path of the unix socket. */
  readonly socket: string;
  /** TCP addresses as `127.0.0.1:50051` and `[::1]:50051`. */
  readonly addresses: readonly string[];
}

/** @throws StigmerError when the file cannot be written */
export function writeDaemonRecord(path: string, record: DaemonRecord): void {
  replacePrivateFile(path, `${JSON.stringify(record, undefined, 2)}\n`);
}

/**
 * The record, or undefined when there is none or it is not readable as one.
 * @throws StigmerError permission-denied when another user could have written it
 */
export function readDaemonRecord(path: string): DaemonRecord | undefined {
  const text = readPrivateFile(path);
  return text === undefined ? undefined : parseRecord(text);
}

/** @throws StigmerError when the file is there and cannot be removed */
export function removeDaemonRecord(path: string): void {
  removeFile(path);
}

function parseRecord(text: string): DaemonRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // Half a record of another version says no more than none.
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is DaemonRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Partial<Record<keyof DaemonRecord, unknown>>;
  const texts = [record.startedAt, record.version, record.buildId, record.socket];
  return (
    Number.isSafeInteger(record.pid) &&
    Number(record.pid) > 0 &&
    texts.every((text) => typeof text === "string") &&
    Array.isArray(record.addresses) &&
    record.addresses.every((address) => typeof address === "string")
  );
}
