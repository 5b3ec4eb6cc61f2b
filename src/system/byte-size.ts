import { StigmerError } from "../contract/errors.ts";

const unitBytes = { GB: 1024 ** 3, MB: 1024 ** 2, KB: 1024, B: 1 } as const;

/**
 * Bytes of a size as people write it: `4MB`, `64KB`, `512B`, `1.5GB`, or a bare number of bytes.
 *
 * Units are powers of 1024, as limits of message sizes are everywhere in gRPC; `KiB` means the same.
 * @throws StigmerError invalid-argument
 */
export function parseByteSize(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*(?:([KMG])i?)?B?$/i.exec(text.trim());
  if (!parts) throw notAByteSize(text);
  const unit = `${(parts[2] ?? "").toUpperCase()}B` as keyof typeof unitBytes;
  const bytes = Math.round(Number(parts[1]) * unitBytes[unit]);
  if (!Number.isSafeInteger(bytes)) throw notAByteSize(text);
  return bytes;
}

/** The shortest exact form: `4MB`, `64KB`, `1500B`. */
export function formatByteSize(bytes: number): string {
  for (const [unit, size] of Object.entries(unitBytes)) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

function notAByteSize(text: string): StigmerError {
  return new StigmerError("invalid-argument", `${JSON.stringify(text)} is not a size`, {
    hint: "write bytes or a number with a unit (KB, MB, GB), for example 512KB or 4MB",
  });
}
