/**
 * A process that writes until it is killed: `bun acknowledging-writer.ts FOLDER PREFIX`. Prints the
 * id of every execution on a line of its own once the store has acknowledged its append.
 */
import { writeSync } from "node:fs";
import type { Store } from "../store.ts";
import { bytes, newExecution } from "./samples.ts";
import { openIn } from "./temporary-store.ts";

const [folder = "", prefix = ""] = process.argv.slice(2);
const store = await openIn(folder);
await Promise.all(Array.from({ length: 8 }, (_, writer) => writeOn(store, `${prefix}-${writer}`)));

async function writeOn(target: Store, writer: string): Promise<never> {
  for (let count = 0; ; count++) {
    const executionId = `${writer}-${count}`;
    await target.write("createExecution", newExecution(executionId, count));
    const entries = [{ type: 1, key: "a", at: 1, payload: bytes(executionId.repeat(100)) }];
    const unleased = { fencingToken: null, expectedSeq: 0 };
    await target.write("append", { executionId, at: 1, entries, ...unleased });
    writeSync(1, `${executionId}\n`);
  }
}
