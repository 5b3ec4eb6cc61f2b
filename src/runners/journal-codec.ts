import { create } from "@bufbuild/protobuf";
import {
  type JournalEntry,
  JournalEntrySchema,
  JournalEntryType,
} from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { ExecutionError } from "./durable/durable-context.ts";
import type { JournalRow, StoredRow } from "./durable/journal-row.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Values of this size and more are kept as artifacts; the journal holds their hash. */
export const inlineLimitBytes = 65_536;

/** Reads and writes large values under their SHA-256. */
export interface LargeValues {
  put(bytes: Uint8Array): Promise<string>;
  get(sha256: string): Promise<Uint8Array>;
}

/** The rows of an execution as the daemon keeps them, and back. */
export class JournalCodec {
  readonly #largeValues: LargeValues;

  constructor(largeValues: LargeValues) {
    this.#largeValues = largeValues;
  }

  /** Of an event: without its update. */
  async encode(row: JournalRow): Promise<JournalEntry> {
    const payload = await this.#encodePayload(row);
    return create(JournalEntrySchema, {
      type: entryTypeOf[row.type],
      key: row.key,
      atMs: BigInt(row.atMs),
      payload,
      coversFrom: BigInt(("coversFrom" in row ? row.coversFrom : undefined) ?? 0),
    });
  }

  async decode(entry: JournalEntry): Promise<StoredRow> {
    const sequence = Number(entry.sequence);
    return { ...(await this.#decodeRow(entry)), sequence };
  }

  async #decodeRow(entry: JournalEntry): Promise<JournalRow> {
    const { key } = entry;
    const atMs = Number(entry.atMs);
    const covered = entry.coversFrom === 0n ? {} : { coversFrom: Number(entry.coversFrom) };
    switch (entry.type) {
      case JournalEntryType.STARTED:
        return { type: "started", key, atMs };
      case JournalEntryType.DONE:
        return {
          type: "done",
          key,
          atMs,
          value: await this.#decodeValue(entry.payload),
          ...covered,
        };
      case JournalEntryType.FAILED:
        return {
          type: "failed",
          key,
          atMs,
          error: (await this.#decodeValue(entry.payload)) as ExecutionError,
          ...covered,
        };
      case JournalEntryType.CLOCK:
        return { type: "clock", key, atMs };
      case JournalEntryType.CANCELLED:
        return {
          type: "cancelled",
          key,
          atMs,
          reason: String(await this.#decodeValue(entry.payload)),
        };
      case JournalEntryType.EVENT:
        return { type: "event", key, atMs };
      case JournalEntryType.UNSPECIFIED:
        throw new Error(`journal entry ${entry.sequence} has no type`);
    }
  }

  async #encodePayload(row: JournalRow): Promise<Uint8Array> {
    switch (row.type) {
      case "done":
        return await this.#encodeValue(row.value);
      case "failed":
        return await this.#encodeValue(row.error);
      case "cancelled":
        return await this.#encodeValue(row.reason);
      default:
        return new Uint8Array();
    }
  }

  /** `undefined` is no JSON: it is kept as nothing. */
  async #encodeValue(value: unknown): Promise<Uint8Array> {
    if (value === undefined) return new Uint8Array();
    const bytes = encoder.encode(JSON.stringify(value));
    if (bytes.length < inlineLimitBytes) return bytes;
    return encoder.encode(JSON.stringify({ [artifactKey]: await this.#largeValues.put(bytes) }));
  }

  async #decodeValue(payload: Uint8Array): Promise<unknown> {
    if (payload.length === 0) return undefined;
    const value: unknown = JSON.parse(decoder.decode(payload));
    const sha256 = artifactOf(value);
    if (sha256 === undefined) return value;
    return JSON.parse(decoder.decode(await this.#largeValues.get(sha256)));
  }
}

/** No value of ours has this key: models and tools are a level further down. */
const artifactKey = "$artifact";

function artifactOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !(artifactKey in value)) return undefined;
  return String(value[artifactKey]);
}

const entryTypeOf = {
  started: JournalEntryType.STARTED,
  done: JournalEntryType.DONE,
  failed: JournalEntryType.FAILED,
  clock: JournalEntryType.CLOCK,
  cancelled: JournalEntryType.CANCELLED,
  event: JournalEntryType.EVENT,
} as const satisfies Record<JournalRow["type"], JournalEntryType>;
