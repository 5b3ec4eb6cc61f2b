/**
 * Drives the built binary from outside: `bun scripts/check-binary.ts [dist/stigmer]`. Each check
 * has a home of its own and leaves nothing behind.
 */
import { resolve } from "node:path";
import type { BinaryCheck, CheckedPromise } from "./check-binary/binary-check.ts";
import { daemonChecks } from "./check-binary/daemon-checks.ts";
import { embeddedChecks } from "./check-binary/embedded-checks.ts";
import { Sandbox } from "./check-binary/sandbox.ts";
import { startUpChecks } from "./check-binary/start-up-checks.ts";
import { repositoryRoot } from "./repository.ts";

const binaryChecks = [...startUpChecks, ...daemonChecks, ...embeddedChecks];

/** Runs every check, also after one has failed, and prints a line for each. */
export async function checkBinary(binary: string): Promise<CheckedPromise[]> {
  const results: CheckedPromise[] = [];
  for (const check of binaryChecks) {
    const result = await runCheck(check, binary);
    results.push(result);
    const reason = result.kind === "held" ? "" : `: ${result.reason}`;
    console.log(`   ${result.kind === "held" ? "ok" : result.kind} ${check.name}${reason}`);
  }
  return results;
}

async function runCheck(check: BinaryCheck, binary: string): Promise<CheckedPromise> {
  const { name } = check;
  try {
    await using sandbox = await Sandbox.open(binary);
    const skipped = await check.run(sandbox);
    return skipped === undefined
      ? { kind: "held", name }
      : { kind: "skipped", name, reason: skipped };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: "failed", name, reason: reason.replaceAll(/\n\s*\n/g, "\n").trim() };
  }
}

if (import.meta.main) {
  const results = await checkBinary(resolve(Bun.argv[2] ?? `${repositoryRoot}dist/stigmer`));
  const failed = results.filter((result) => result.kind === "failed").length;
  const held = results.filter((result) => result.kind === "held").length;
  console.log(`${held} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
