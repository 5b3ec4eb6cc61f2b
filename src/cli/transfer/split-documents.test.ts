import { expect, test } from "bun:test";
import { rejectionOf } from "../../store/testing/samples.ts";
import { splitDocuments } from "./split-documents.ts";

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function split(text: string, size = 3): Promise<[line: number, text: string][]> {
  const documents = await Array.fromAsync(splitDocuments("file", pieces(text, size)));
  return documents.map((each) => [each.firstLine ?? 1, each.text]);
}

test("each document has its text to the end of its last line, and where it starts", async () => {
  expect(await split("a: é\n---\nb: |+\n  x\n\n--- # c\nc: 1")).toEqual([
    [1, "a: é\n"],
    [2, "---\nb: |+\n  x\n\n"],
    [6, "--- # c\nc: 1"],
  ]);
});

test("dashes within a document divide nothing", async () => {
  const text = "a: |\n  ---\n  b\n----\n---x: 1\n";
  expect(await split(text)).toEqual([[1, text]]);
});

test("JSON with a document a line is a document a line", async () => {
  expect(await split('{"a":1}\r\n{"b":[{}]}\n{"c":1}\n')).toEqual([
    [1, '{"a":1}\r\n'],
    [2, '{"b":[{}]}\n'],
    [3, '{"c":1}\n'],
  ]);
});

test.each(['{"items":[\n{"a":1},\n{"b":2}\n]}\n', '{\n"a": {}\n}\n', '{"a":[{}\n,\n{}]}'])(
  "one JSON document of several lines stays one: %j",
  async (text) => {
    expect(await split(text)).toEqual([[1, text]]);
  },
);

test("a document that is too large is refused at once, naming where it starts", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a: 1\n---\n");
    const line = Buffer.from(`${"x".repeat(1 << 16)}\n`);
    for (;;) yield line;
  }
  const refused = await rejectionOf(Array.fromAsync(splitDocuments("file", endless())));
  expect(refused.message).toBe("file:2: a document is larger than 64 MB.");
});
