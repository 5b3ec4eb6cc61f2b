import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localByNature } from "../../test/support/remote-mode.ts";
import { ensureSystemPackages } from "../system-packages.ts";
import { summarizeJunit } from "./junit-summary.ts";
import { runProgram } from "./run-program.ts";
import { failedStep, passedStep, type StepResult } from "./step.ts";

export interface TestRun {
  /** Default: every test there is. */
  readonly paths?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const deadlineMs = 13 * 60_000;
/** Many start daemons and other programs; Bun's own 5 s are short for that on a busy machine. */
const oneTestMs = 60_000;
/** Most tests wait for processes that they started: one file at a time leaves half of two cores idle. */
const filesAtOnce = 2;

export async function runTests({ paths = [], variables }: TestRun = {}): Promise<StepResult> {
  const missing = ensureSystemPackages();
  await using reportFolder = await mkdtempDisposable(join(tmpdir(), "stigmer-tests-"));
  const report = Bun.file(join(reportFolder.path, "junit.xml"));
  const reporter = ["--reporter=junit", `--reporter-outfile=${report.name}`];
  const { exitCode, output } = await runProgram(
    [
      process.execPath,
      "test",
      "--only-failures",
      `--parallel=${filesAtOnce}`,
      `--timeout=${oneTestMs}`,
      ...reporter,
      ...paths,
    ],
    deadlineMs,
    variables,
  );
  if (!(await report.exists())) return failedStep(`no test report was written\n${output}`);
  const { passed, failed, skipped } = summarizeJunit(await report.text());
  const found = { passed, skipped: [...missing, ...skipped] };
  if (exitCode === 0 && failed === 0) return passedStep(found);
  // An error outside of any test ends with a code and no failed test.
  return failedStep(output, { ...found, failed: Math.max(failed, 1) });
}

/** Of the tests of the commands those that run the most commands: the gate has a quarter of an hour. */
const remoteSample = ["files", "input", "sessions", "transfer"].map(
  (name) => `test/commands/${name}.test.ts`,
);

/**
 * Tests of the commands once more, against a daemon behind a TLS proxy, with a token. All of them
 * run with `bun run check:remote`.
 */
export async function runRemoteTests(paths: readonly string[] = remoteSample): Promise<StepResult> {
  const variables = { STIGMER_TEST_SERVER: "remote" };
  const result = await runTests({ paths, variables });
  const reasons = Object.entries(localByNature).map(([what, why]) => `left out, ${what}: ${why}`);
  return { ...result, notes: reasons };
}
