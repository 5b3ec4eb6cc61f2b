import { describe, expect, test } from "bun:test";
import { limitResult } from "./result-limit.ts";
import { toToolResult } from "./tool-result.ts";

describe("a tool's answer for the model", () => {
  test("leaves out structured content that only wraps the text", () => {
    const content = [{ type: "text" as const, text: "forty-two" }];
    const answer = { content, structuredContent: { content: "forty-two" } };
    expect(toToolResult(answer).content).toEqual([{ kind: "text", text: "forty-two" }]);
  });

  test("has structured content once, even when the server repeats it as text", () => {
    const answer = {
      content: [
        { type: "text" as const, text: '{ "sum": 5 }' },
        { type: "text" as const, text: "five" },
      ],
      structuredContent: { sum: 5 },
    };
    expect(toToolResult(answer)).toEqual({
      isError: false,
      content: [
        { kind: "text", text: "five" },
        { kind: "json", value: { sum: 5 } },
      ],
    });
  });

  test("keeps images, inlines text resources, and names what cannot be shown", () => {
    const content = [
      { type: "image" as const, data: "aW1n", mimeType: "image/png" },
      { type: "audio" as const, data: "c25k", mimeType: "audio/wav" },
      { type: "resource" as const, resource: { uri: "a://1", text: "body" } },
      {
        type: "resource" as const,
        resource: { uri: "a://2", blob: "aW1n", mimeType: "image/gif" },
      },
      {
        type: "resource" as const,
        resource: { uri: "a://3", blob: "emlw", mimeType: "application/zip" },
      },
      { type: "resource_link" as const, uri: "a://4", name: "log", description: "of today" },
    ];
    expect(toToolResult({ content, isError: true })).toEqual({
      isError: true,
      content: [
        { kind: "image", data: "aW1n", mediaType: "image/png" },
        { kind: "text", text: "[audio, audio/wav, not shown]" },
        { kind: "text", text: "[a://1]\nbody" },
        { kind: "image", data: "aW1n", mediaType: "image/gif" },
        { kind: "text", text: "[resource at a://3, application/zip, not shown]" },
        { kind: "text", text: '[resource "log" at a://4: of today]' },
      ],
    });
  });
});

describe("the limit of a result", () => {
  const text = (value: string) => ({ kind: "text" as const, text: value });

  test("leaves what fits alone", () => {
    const result = { isError: false, content: [text("12345"), text("67890")] };
    expect(limitResult(result, 10)).toBe(result);
  });

  test("is shared by the parts in their order, and keeps everything aside", () => {
    const content = [text("12345"), { kind: "json" as const, value: { a: 1 } }, text("more")];
    const limited = limitResult({ isError: true, content }, 8);
    expect(limited.content).toEqual([
      text("12345"),
      text('{"a\n[cut: the first 3 of 7 bytes are shown]'),
      text("[cut: the first 0 of 4 bytes are shown]"),
    ]);
    expect(limited.isError).toBe(true);
    expect(limited.truncated).toEqual({ omittedBytes: 8, full: content });
  });

  test("does not cut a character in two", () => {
    const limited = limitResult({ isError: false, content: [text("aä€😀")] }, 9);
    expect(limited.content).toEqual([text("aä€\n[cut: the first 6 of 10 bytes are shown]")]);
  });

  test("does not count images, but leaves out one that no model takes", () => {
    const small = { kind: "image" as const, data: "x".repeat(1000), mediaType: "image/png" };
    const large = { ...small, data: "x".repeat(6_000_000) };
    const limited = limitResult({ isError: false, content: [small, large] }, 10);
    expect(limited.content[0]).toBe(small);
    expect(limited.content[1]).toEqual(
      text("[image, image/png, left out: 6000000 bytes are more than a model takes]"),
    );
    expect(limited.truncated?.omittedBytes).toBe(6_000_000);
  });
});
