/**
 * Writes until the disk fails, then tells what the store says: `bun writer-on-failing-disk.ts FOLDER`,
 * started where the system refuses files above a size (`ulimit -f`), which SQLite sees as an I/O error.
 */
import { toStigmerError } from "../../contract/errors.ts";
import { agentKind, newAgent, rejectionOf } from "./samples.ts";
import { openIn } from "./temporary-store.ts";

const store = await openIn(process.argv[2] ?? "");
const failures: string[] = [];
store.onFailed((failure) => failures.push(failure.code));

let acknowledged = 0;
const refusal = await writeUntilRefused();
const next = await rejectionOf(store.write("createResource", newAgent("next")));
const report = {
  acknowledged,
  refusal: { code: refusal.code, message: refusal.message },
  next: next.code,
  failures,
  readable: store.read.count({ kinds: [agentKind] }),
};
process.stdout.write(JSON.stringify(report));
await store[Symbol.asyncDispose]();

async function writeUntilRefused() {
  const body = new Uint8Array(50_000);
  for (;;) {
    try {
      await store.write("createResource", newAgent(`agt-${acknowledged}`, { body }));
      acknowledged += 1;
    } catch (thrown) {
      return toStigmerError(thrown);
    }
  }
}
