import { writeFile } from "node:fs/promises";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import { fileError } from "../../system/file-error.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import type { CaseResult } from "../workflow-test/case-result.ts";
import { findTestFiles } from "../workflow-test/find-test-files.ts";
import { junitReport } from "../workflow-test/junit-report.ts";
import { readTestFile } from "../workflow-test/read-test-file.ts";
import { resultsOutput } from "../workflow-test/results-output.ts";
import { runTestFiles } from "../workflow-test/run-test-files.ts";
import type { TestFile } from "../workflow-test/test-file.ts";

/** Runs the tests of workflows. Needs no daemon, and reaches nothing outside of the tests. */
export async function testWorkflows(
  invocation: Invocation,
  { signal }: CommandContext,
): Promise<CommandResult> {
  const files = await readFiles(await findTestFiles(invocation.arguments("FILE|DIR")));
  const only = invocation.texts("case");
  checkCases(files, only);
  const results = await runTestFiles(files, {
    only,
    killPoints: invocation.enabled("kill-points"),
    update: invocation.enabled("update"),
    signal,
  });
  await writeReport(invocation.text("junit"), results);
  const isFailed = results.some(({ problems }) => problems.length > 0);
  return {
    output: resultsOutput(results),
    next: summaryOf(results),
    exitCode: isFailed ? exitCodes.failed : exitCodes.done,
  };
}

/** @throws StigmerError with the mistakes of all files */
async function readFiles(paths: readonly string[]): Promise<TestFile[]> {
  const read = await Promise.allSettled(paths.map(readTestFile));
  const errors = read.flatMap((one) =>
    one.status === "rejected" ? [toStigmerError(one.reason)] : [],
  );
  const [first, ...others] = errors;
  if (first && others.length === 0) throw first;
  if (first) {
    const violations = errors.flatMap((error) =>
      error.violations.length > 0
        ? error.violations
        : [{ field: "", rule: error.code, message: error.message }],
    );
    throw new StigmerError("invalid-argument", `${errors.length} files cannot be run`, {
      violations,
    });
  }
  return read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function checkCases(files: readonly TestFile[], only: readonly string[]): void {
  const names = files.flatMap(({ cases }) => cases.map(({ test }) => test.name));
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new StigmerError("not-found", `There is no case "${unknown}".`, {
    hint: `There are ${[...new Set(names)].map((name) => `"${name}"`).join(", ")}.`,
  });
}

async function writeReport(path: string | undefined, results: readonly CaseResult[]) {
  if (path === undefined) return;
  try {
    await writeFile(path, junitReport(results));
  } catch (cause) {
    throw fileError("write", path, cause);
  }
}

function summaryOf(results: readonly CaseResult[]): string {
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  const points = results.reduce((sum, { killPoints }) => sum + (killPoints?.points ?? 0), 0);
  const lost = points === 0 ? "" : ` Their runners were lost at ${points} points.`;
  const cases = results.length === 1 ? "1 case" : `${results.length} cases`;
  return failed === 0 ? `${cases} passed.${lost}` : `${failed} of ${cases} failed.${lost}`;
}
