import { checkBinary } from "../check-binary.ts";
import { repositoryRoot } from "../repository.ts";
import { installedTool, runProgram } from "./run-program.ts";
import { runRemoteTests, runTests } from "./run-tests.ts";
import { failedStep, passedStep, type Step, type StepResult } from "./step.ts";

const releasedImage = "proto/released.binpb";

/** The gate, in order: what is cheap to find comes first. */
export const gateSteps: readonly Step[] = [
  programStep("format", [installedTool("oxfmt"), "--check"]),
  programStep("lint", [
    installedTool("oxlint"),
    "--type-aware",
    "--deny-warnings",
    "--format=unix",
  ]),
  programStep("types", [installedTool("tsc"), "--noEmit"]),
  programStep("dead code", [installedTool("knip"), "--no-progress"]),
  programStep("contract style", [installedTool("buf"), "lint"]),
  { name: "contract compatibility", run: compareWithRelease },
  { name: "tests and layers", run: () => runTests() },
  { name: "commands against another server", run: () => runRemoteTests() },
  { name: "build", run: build },
  { name: "binary", run: checkBuiltBinary },
];

function programStep(name: string, command: readonly string[]): Step {
  return {
    name,
    run: async () => {
      const { exitCode, output } = await runProgram(command);
      return exitCode === 0 ? passedStep() : failedStep(output);
    },
  };
}

/** Against the image of the last release; a change that breaks its callers fails. */
async function compareWithRelease(): Promise<StepResult> {
  if (!(await Bun.file(`${repositoryRoot}${releasedImage}`).exists())) {
    return { ...passedStep({ notes: ["no release yet: nothing to compare with"] }), passed: 0 };
  }
  const command = [installedTool("buf"), "breaking", "--against", releasedImage];
  const { exitCode, output } = await runProgram(command);
  return exitCode === 0 ? passedStep() : failedStep(output);
}

async function build(): Promise<StepResult> {
  const { exitCode, output } = await runProgram([process.execPath, "scripts/build-binary.ts"]);
  if (exitCode !== 0) return failedStep(output);
  return passedStep({ notes: output.trim().split("\n") });
}

async function checkBuiltBinary(): Promise<StepResult> {
  const checks = await checkBinary(`${repositoryRoot}dist/stigmer`);
  const skipped = checks.filter((check) => check.kind === "skipped");
  const failed = checks.filter((check) => check.kind === "failed").length;
  const passed = checks.length - failed - skipped.length;
  const found = { passed, skipped: skipped.map(({ name, reason }) => `${name}: ${reason}`) };
  return failed === 0 ? passedStep(found) : failedStep("", { ...found, failed });
}
