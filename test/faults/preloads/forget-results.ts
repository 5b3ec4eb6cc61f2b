/** A defect for a negative control: the store loses the ends of effects that `FORGET` matches. */
import { JournalEntryType } from "../../../src/contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Append } from "../../../src/store/operations/append.ts";
import { interceptAppends } from "../journal-appends.ts";

const forgotten = new RegExp(process.env["FORGET"] ?? "^$");

interceptAppends((append, store) => store({ ...append, entries: append.entries.map(forget) }));

/** The row stays, so that the sequence has no gap; what it says is gone. */
function forget(entry: Append["entries"][number]): Append["entries"][number] {
  if (entry.type !== JournalEntryType.DONE || !forgotten.test(entry.key)) return entry;
  return { ...entry, type: JournalEntryType.EVENT, key: "forgotten", payload: new Uint8Array() };
}
