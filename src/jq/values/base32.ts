import { JqError } from "../errors.ts";
import { describe } from "./describe.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, padded to whole groups of eight characters. */
export function encodeBase32(text: string): string {
  let [bits, held, encoded] = [0, 0, ""];
  for (const byte of Buffer.from(text)) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      encoded += alphabet[(bits >> held) & 31];
    }
    bits &= 31;
  }
  if (held > 0) encoded += alphabet[(bits << (5 - held)) & 31];
  return encoded.padEnd(Math.ceil(encoded.length / 8) * 8, "=");
}

export function decodeBase32(text: string): string {
  const data = text.replace(/=*$/, "");
  let [bits, held] = [0, 0];
  const bytes: number[] = [];
  for (const character of data) {
    const value = alphabet.indexOf(character);
    if (value < 0) throw new JqError(`${describe(text)} is not valid base32 data`);
    bits = ((bits << 5) | value) & 0xfff;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 255);
  }
  return Buffer.from(bytes).toString();
}
