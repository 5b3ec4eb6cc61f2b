import { describe, expect, test } from "bun:test";
import { formatByteSize, parseByteSize } from "./byte-size.ts";

describe("parseByteSize", () => {
  test.each([
    ["4MB", 4_194_304],
    ["64KB", 65_536],
    ["64 kib", 65_536],
    ["1.5GB", 1_610_612_736],
    ["512B", 512],
    ["512", 512],
    ["0", 0],
  ])("%p is %d bytes", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  test.each(["", "MB", "-1", "4 XB", "1e3", "4MBs", `${"9".repeat(30)}GB`])(
    "%p is refused with an example",
    (text) => {
      expect(() => parseByteSize(text)).toThrow(
        expect.objectContaining({ code: "invalid-argument", hint: expect.stringContaining("4MB") }),
      );
    },
  );
});

test.each([0, 1, 1023, 1024, 1500, 65_536, 4_194_304, 1_073_741_824])(
  "%d bytes survive being written and read",
  (bytes) => {
    expect(parseByteSize(formatByteSize(bytes))).toBe(bytes);
  },
);

test("a size is written in its largest exact unit", () => {
  expect(formatByteSize(4_194_304)).toBe("4MB");
  expect(formatByteSize(1500)).toBe("1500B");
});
