/** All tests of the commands against another server: `bun run check:remote`. Longer than the gate may take. */
import { runRemoteTests } from "./check/run-tests.ts";

const { passed, failed, output, notes } = await runRemoteTests(["test/commands"]);
for (const note of notes) console.log(note);
if (failed > 0) console.log(output);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
