import { readFileSync } from "node:fs";

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * How many transactions the write-ahead log of a database holds: its frames of the current salt that
 * carry a database size, as in https://sqlite.org/fileformat2.html#wal_file_format
 */
export function countCommits(databaseFile: string): number {
  const log = readFileSync(`${databaseFile}-wal`);
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8);
  let commits = 0;
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    const isCurrent = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    if (isCurrent && log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
