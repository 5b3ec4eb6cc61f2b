import { createInterface } from "node:readline";
import { messageOf } from "../../../contract/errors.ts";
import { compileSchema } from "../../../json-schema/schema-validator.ts";
import { readWorkflow } from "../../../workflow/read-workflow.ts";
import type {
  TrialRecord,
  TrialReport,
  TrialRequest,
  TrialStop,
} from "../../../workflow/trial/trial-protocol.ts";
import { tryKillPoints } from "./kill-points.ts";
import { runTrial } from "./trial-run.ts";
import { TrialStopped } from "./trial-stopped.ts";

/**
 * The main function of a process that tries workflows: requests as lines of JSON on stdin, a report
 * for each on stdout, until stdin ends. Returns the exit code.
 */
export async function runTrials(): Promise<number> {
  // Loaded here, as time of the machine that passes in a trial is no time of the run.
  await compileSchema({});
  for await (const line of createInterface({ input: process.stdin })) {
    const report = await reportOf(JSON.parse(line) as TrialRequest);
    await Bun.write(Bun.stdout, `${JSON.stringify(report)}\n`);
  }
  return 0;
}

async function reportOf(request: TrialRequest): Promise<TrialReport> {
  const { id } = request;
  const { definition } = readWorkflow(request.definition);
  if (!definition) return { id, record: stopped({ kind: "defect", message: "no definition" }) };
  try {
    const whole = await runTrial(definition, request);
    const { record } = whole;
    if (!request.killPoints || record.outcome.kind === "stopped") return { id, record };
    return { id, record, killPoints: await tryKillPoints(definition, request, whole) };
  } catch (thrown) {
    const stop: TrialStop =
      thrown instanceof TrialStopped ? thrown.stop : { kind: "defect", message: messageOf(thrown) };
    return { id, record: stopped(stop) };
  }
}

function stopped(stop: TrialStop): TrialRecord {
  return {
    outcome: { kind: "stopped", stop },
    tookMs: 0,
    tasks: [],
    calls: [],
    emitted: [],
    unusedMocks: [],
    unusedEvents: [],
  };
}
