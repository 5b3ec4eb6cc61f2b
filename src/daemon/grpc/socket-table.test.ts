import { expect, test } from "bun:test";
import { isHeldByThisUser } from "./peer-owner.ts";
import { parseSocketTable, socketAddress } from "../../system/socket-table.ts";

const ownUid = process.getuid!();

/** A table with one socket between two local ports. */
function table(local: string, state: string, uid: number, inode: number): string {
  return [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    `   0: ${local} 0100007F:0001 ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1`,
    "",
  ].join("\n");
}

test.each([
  ["IPv4", "0100007F:C383", "127.0.0.1"],
  ["IPv6", "00000000000000000000000001000000:C383", "::1"],
  ["IPv4 through an IPv6 socket", "0000000000000000FFFF00000100007F:C383", "127.0.0.1"],
  ["IPv4 as IPv6", "0000000000000000FFFF00000100007F:C383", "::ffff:127.0.0.1"],
  ["a full IPv6 address", "B80D01206745230100000000EFCDAB89:C383", "2001:db8:123:4567::89ab:cdef"],
])("reads an address of %s", (_, written, host) => {
  const [entry] = parseSocketTable(table(written, "01", 7, 9));
  expect(entry!.local).toEqual(socketAddress(host, 50051));
});

test.each([
  ["connected and held by us", table("0100007F:0002", "01", ownUid, 5), true],
  ["held by another user", table("0100007F:0002", "01", ownUid + 1, 5), false],
  ["left by its owner", table("0100007F:0002", "01", ownUid, 0), false],
  ["closing", table("0100007F:0002", "08", ownUid, 5), false],
])("a socket proves its owner only while it is connected and held: %s", (_, text, expected) => {
  expect(isHeldByThisUser(parseSocketTable(text)[0]!)).toBe(expected);
});
