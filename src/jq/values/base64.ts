import { JqError } from "../errors.ts";
import { describe } from "./describe.ts";

/** Characters outside the alphabet end the data; bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(text: string): string {
  const data = /^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? "";
  const rest = text.slice(data.length);
  if (!/^=*$/.test(rest) || data.length % 4 === 1 || (data === "" && text !== "")) {
    throw new JqError(`${describe(text)} is not valid base64 data`);
  }
  return Buffer.from(data, "base64").toString();
}
