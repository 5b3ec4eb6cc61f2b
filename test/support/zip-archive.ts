import { crc32, deflateRawSync } from "node:zlib";

/** One entry, and what it says of itself when that is not the truth. */
export interface ZipEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Type and permissions as Unix has them. Default: a plain file, 0644. */
  readonly mode?: number;
  readonly isEncrypted?: boolean;
  /** Bytes that it claims to unpack to. */
  readonly claimedBytes?: number;
}

const madeOnUnix = (3 << 8) | 20;
const deflated = 8;

/** A zip archive, good or bad. */
export function zipArchive(entries: readonly ZipEntry[]): Uint8Array {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? "");
    const packed = deflateRawSync(content);
    const name = Buffer.from(entry.path);
    const facts = { entry, name, packed, crc: crc32(content), size: content.length };
    const body = Buffer.concat([localHeader(facts), name, packed]);
    directory.push(directoryHeader(facts, offset), name);
    bodies.push(body);
    offset += body.length;
  }
  const listed = Buffer.concat(directory);
  return Buffer.concat([...bodies, listed, endOf(entries.length, listed.length, offset)]);
}

interface Facts {
  readonly entry: ZipEntry;
  readonly name: Buffer;
  readonly packed: Buffer;
  readonly crc: number;
  readonly size: number;
}

function localHeader(facts: Facts): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  writeShared(header, facts, 6);
  return header;
}

function directoryHeader(facts: Facts, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(madeOnUnix, 4);
  header.writeUInt16LE(20, 6);
  writeShared(header, facts, 8);
  header.writeUInt32LE(((facts.entry.mode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return header;
}

/** Flags to the length of the name stand in both headers in one order. */
function writeShared(header: Buffer, facts: Facts, at: number): void {
  const { entry, name, packed, crc, size } = facts;
  const [utf8, encrypted] = [1 << 11, 1];
  header.writeUInt16LE(utf8 | (entry.isEncrypted === true ? encrypted : 0), at);
  header.writeUInt16LE(deflated, at + 2);
  header.writeUInt32LE(crc, at + 8);
  header.writeUInt32LE(packed.length, at + 12);
  header.writeUInt32LE(entry.claimedBytes ?? size, at + 16);
  header.writeUInt16LE(name.length, at + 20);
}

function endOf(count: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
