/** POSIX ustar: a header, the content, and zeros up to the next block. */
export const tarBlockBytes = 512;

export interface TarEntry {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  /** Bytes; below 8 GB. */
  readonly size: number;
}

/** Two of these end an archive. */
export const endOfTar = Buffer.alloc(2 * tarBlockBytes);

const fields = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;

export function tarHeader({ name, size }: TarEntry): Buffer {
  const header = Buffer.alloc(tarBlockBytes);
  header.write(name, ...fields.name);
  writeOctal(header, fields.mode, 0o600);
  writeOctal(header, fields.owner, 0);
  writeOctal(header, fields.group, 0);
  writeOctal(header, fields.size, size);
  writeOctal(header, fields.modified, 0);
  header.write("0", ...fields.type);
  header.write("ustar\u000000", ...fields.magic);
  writeOctal(header, fields.checksum, checksumOf(header));
  return header;
}

/** Zeros behind a content of this size. */
export function tarPadding(size: number): number {
  return (tarBlockBytes - (size % tarBlockBytes)) % tarBlockBytes;
}

/** Undefined for a block of zeros, which begins the end. Throws for what is no header of a file. */
export function readTarHeader(block: Buffer): TarEntry | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const isFile = textOf(block, fields.type) === "0" && textOf(block, fields.magic) === "ustar";
  if (!isFile || octalOf(block, fields.checksum) !== checksumOf(block)) {
    throw new TypeError("not the header of a file");
  }
  return { name: textOf(block, fields.name), size: octalOf(block, fields.size) };
}

type Field = readonly [offset: number, length: number];

function writeOctal(block: Buffer, [offset, length]: Field, value: number): void {
  const digits = value.toString(8);
  if (digits.length >= length) throw new RangeError(`${value} does not fit a tar header`);
  block.write(digits.padStart(length - 1, "0"), offset, length - 1);
}

function textOf(block: Buffer, [offset, length]: Field): string {
  const bytes = block.subarray(offset, offset + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? length : end).toString();
}

function octalOf(block: Buffer, field: Field): number {
  const text = textOf(block, field).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** Sum of all bytes, those of the checksum counted as spaces. */
function checksumOf(block: Buffer): number {
  const [start, length] = fields.checksum;
  let sum = length * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < start || index >= start + length) sum += byte;
  }
  return sum;
}
