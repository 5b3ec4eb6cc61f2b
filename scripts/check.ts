/**
 * The one gate: `bun run check`. Every step runs, also after one has failed; the last line is
 * `N passed, N failed`.
 */
import { gateSteps } from "./check/steps.ts";
import { failedStep, type Step, type StepResult } from "./check/step.ts";

const startedAt = performance.now();
const results: StepResult[] = [];
for (const step of gateSteps) results.push(await runStep(step));
printSummary(results);

async function runStep(step: Step): Promise<StepResult> {
  console.log(`\n── ${step.name}`);
  const stepStartedAt = performance.now();
  const result = await step.run().catch((thrown) => failedStep(Bun.inspect(thrown)));
  for (const note of result.notes) console.log(`   ${note}`);
  if (result.failed > 0) console.log(result.output);
  console.log(`   ${counts(result)} in ${secondsSince(stepStartedAt)} s`);
  return result;
}

function printSummary(found: readonly StepResult[]): void {
  const skipped = found.flatMap((result) => result.skipped);
  if (skipped.length > 0) console.log("\n── skipped");
  for (const reason of skipped) console.log(`   ${reason}`);
  const total = {
    passed: sum(found.map((result) => result.passed)),
    failed: sum(found.map((result) => result.failed)),
  };
  console.log(`\n${secondsSince(startedAt)} s`);
  console.log(counts(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function counts({ passed, failed }: { passed: number; failed: number }): string {
  return `${passed} passed, ${failed} failed`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
