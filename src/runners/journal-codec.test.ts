import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { JournalRow } from "./durable/journal-row.ts";
import { inlineLimitBytes, JournalCodec, type LargeValues } from "./journal-codec.ts";

/** Large values in memory, under their hash. */
class KeptValues implements LargeValues {
  readonly values = new Map<string, Uint8Array>();

  put(bytes: Uint8Array): Promise<string> {
    const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    this.values.set(sha256, bytes);
    return Promise.resolve(sha256);
  }

  get(sha256: string): Promise<Uint8Array> {
    const found = this.values.get(sha256);
    return found ? Promise.resolve(found) : Promise.reject(new Error(`no ${sha256}`));
  }
}

async function throughJournal(row: JournalRow, kept = new KeptValues()): Promise<JournalRow> {
  const codec = new JournalCodec(kept);
  const entry = await codec.encode(row);
  entry.sequence = 7n;
  const { sequence, ...read } = await codec.decode(entry);
  expect(sequence).toBe(7);
  return read;
}

describe("a row of the journal", () => {
  test("is read as it was written", async () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const row: fc.Arbitrary<JournalRow> = fc.oneof(
      fc.constantFrom("started" as const, "clock", "event").map((type) => ({
        type,
        key: "tool#1[2]",
        atMs: 1_700_000_000_000,
      })),
      json.map((value) => ({ type: "done" as const, key: "model#1", atMs: 1, value })),
      json.map((value) => ({ type: "done" as const, key: "do#1", atMs: 1, value, coversFrom: 3 })),
      fc.string({ unit: "grapheme" }).map((message) => ({
        type: "failed" as const,
        key: "model#1",
        atMs: 1,
        coversFrom: 1,
        error: { code: "quota", message, hint: "pay", details: { retryable: false } },
      })),
      fc.string({ unit: "grapheme" }).map((reason) => ({
        type: "cancelled" as const,
        key: "model#1",
        atMs: 1,
        reason,
      })),
    );
    await fc.assert(
      fc.asyncProperty(row, async (written) => {
        expect(await throughJournal(written)).toEqual(written);
      }),
    );
  });

  test("keeps a result that is nothing", async () => {
    const row: JournalRow = { type: "done", key: "credential#1", atMs: 1, value: undefined };
    expect(await throughJournal(row)).toEqual(row);
  });

  test.each([
    [inlineLimitBytes - 3, 0],
    [inlineLimitBytes - 2, 1],
    [inlineLimitBytes * 10, 1],
  ])("holds %d characters of a value in %d artifacts", async (length, artifacts) => {
    const kept = new KeptValues();
    const row: JournalRow = { type: "done", key: "tool#1", atMs: 1, value: "x".repeat(length) };
    expect(await throughJournal(row, kept)).toEqual(row);
    expect(kept.values.size).toBe(artifacts);
  });
});
