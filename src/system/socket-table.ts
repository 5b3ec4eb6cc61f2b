import { readFile } from "node:fs/promises";
import { systemCodeOf } from "./file-error.ts";

/** One line of Linux's table of TCP sockets. */
export interface SocketEntry {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** `established` and `listening`; what else there is does not matter here. */
  readonly state: "established" | "listening" | "other";
  /** User who made the socket. 0 is also what an orphan shows. */
  readonly uid: number;
  /** 0 when no process holds the socket any more. */
  readonly inode: number;
}

export interface SocketAddress {
  /** Bytes as hexadecimal in network order: 32 digits, IPv4 as `::ffff:a.b.c.d`. */
  readonly host: string;
  readonly port: number;
}

/** `tcp6` also has the IPv4 connections of sockets that speak both. */
export type SocketTable = "tcp" | "tcp6";

/**
 * The TCP sockets of this network namespace; nothing where there is no /proc. The kernel takes
 * milliseconds for it, whatever is in it.
 */
export async function readSocketTable(table: SocketTable): Promise<SocketEntry[]> {
  try {
    return parseSocketTable(await readFile(`/proc/net/${table}`, "utf8"));
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "ENOENT" || code === "EACCES") return [];
    throw cause;
  }
}

/** Source: Linux Documentation/networking/proc_net_tcp.rst. */
export function parseSocketTable(text: string): SocketEntry[] {
  const lines = text.split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || inode === undefined) return [];
    return {
      local: parseAddress(local),
      remote: parseAddress(remote),
      state: state === "01" ? "established" : state === "0A" ? "listening" : "other",
      uid: Number(uid),
      inode: Number(inode),
    };
  });
}

/** The address in the form of the table; the scope of a link-local one is dropped. */
export function socketAddress(host: string, port: number): SocketAddress {
  const bytes = host.includes(":") ? ipv6Bytes(host) : [...mappedPrefix, ...ipv4Bytes(host)];
  return { host: Buffer.from(bytes).toString("hex"), port };
}

export function isSameAddress(left: SocketAddress, right: SocketAddress): boolean {
  return left.port === right.port && left.host === right.host;
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** `0100007F:C383`: words of four bytes in the machine's order, port in plain. */
function parseAddress(text: string): SocketAddress {
  const [words = "", port = ""] = text.split(":");
  const bytes = Buffer.from(words, "hex");
  if (isLittleEndian) bytes.swap32();
  const host = bytes.length === 4 ? Buffer.from([...mappedPrefix, ...bytes]) : bytes;
  return { host: host.toString("hex"), port: Number.parseInt(port, 16) };
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function ipv4Bytes(host: string): number[] {
  return host.split(".").map(Number);
}

function ipv6Bytes(host: string): number[] {
  const plain = host.replace(/%.*$/, "").replace(/[\d.]+$/, (tail) => {
    if (!tail.includes(".")) return tail;
    const [a = 0, b = 0, c = 0, d = 0] = ipv4Bytes(tail);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const [front, back] = [hexGroups(head), hexGroups(tail ?? "")];
  const zeros = tail === undefined ? [] : Array(8 - front.length - back.length).fill(0);
  return [...front, ...zeros, ...back].flatMap((group: number) => [group >> 8, group & 0xff]);
}

function hexGroups(part: string): number[] {
  return part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
}
