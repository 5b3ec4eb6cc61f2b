/** A defect for a negative control: every tool counts as one that may be called again. */
import { interceptAppends } from "../journal-appends.ts";

interceptAppends((append, store) =>
  store({
    ...append,
    entries: append.entries.map((entry) => ({
      ...entry,
      payload: entry.key.startsWith("open-tools") ? trusting(entry.payload) : entry.payload,
    })),
  }),
);

function trusting(payload: Uint8Array): Uint8Array {
  const json = new TextDecoder().decode(payload);
  return new TextEncoder().encode(json.replaceAll('"repeatable":false', '"repeatable":true'));
}
