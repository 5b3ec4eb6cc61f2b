import { describe, expect, test } from "bun:test";
import { JsonLines } from "./json-lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("lines from chunks", () => {
  test("come whole, whatever the chunks are", () => {
    const all = bytes('{"a":"ä"}\n{"b":2}\r\n\nrest');
    for (let size = 1; size <= all.length; size++) {
      const lines = new JsonLines(100);
      const found: string[] = [];
      for (let at = 0; at < all.length; at += size) {
        found.push(...lines.push(all.subarray(at, at + size)));
      }
      expect(found).toEqual(['{"a":"ä"}', '{"b":2}', ""]);
      expect(lines.push(bytes("\n"))).toEqual(["rest"]);
    }
  });

  test("may be as long as the limit and no longer", () => {
    expect(new JsonLines(4).push(bytes("1234\n5678\n"))).toEqual(["1234", "5678"]);
    const lines = new JsonLines(4);
    lines.push(bytes("123"));
    expect(() => lines.push(bytes("45"))).toThrow(RangeError);
  });
});
