import { describe, expect, test } from "bun:test";
import { OutputTail } from "./output-tail.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the tail of an output", () => {
  test("starts at a line and keeps the newest", () => {
    const tail = new OutputTail(20);
    for (let line = 1; line <= 1000; line++) tail.push(bytes(`line ${line}\n`));
    expect(tail.toString()).toBe("line 999\nline 1000");
  });

  test("has no control sequences and keeps characters that were cut in two", () => {
    const tail = new OutputTail(100);
    const colored = bytes("\u001b[31mfällt\u001b[0m\u0007\r\n");
    tail.push(colored.subarray(0, 7));
    tail.push(colored.subarray(7));
    expect(tail.toString()).toBe("fällt");
  });
});
