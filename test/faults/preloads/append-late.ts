/**
 * When a second runner writes, the first one's last append is sent once more under its old fencing
 * token, as a runner would that was only asleep. What the store says is kept in `late-append.json`.
 */
import { writeFileSync } from "node:fs";
import { conflictOf } from "../../../src/store/conflict.ts";
import type { Append } from "../../../src/store/operations/append.ts";
import { interceptAppends } from "../journal-appends.ts";

let first: Append | undefined;
let isSent = false;

interceptAppends(async (append, store) => {
  first ??= append;
  if (!isSent && append.fencingToken !== first.fencingToken) {
    isSent = true;
    // Without a sequence: nothing but the token can be what is refused.
    const late = { ...first, expectedSeq: null };
    const outcome = await store(late).then(
      () => ({ kind: "stored" }),
      (thrown: unknown) => conflictOf(thrown) ?? { kind: String(thrown) },
    );
    writeFileSync(`${process.env["STIGMER_HOME"]}/late-append.json`, JSON.stringify(outcome));
  }
  return await store(append);
});
