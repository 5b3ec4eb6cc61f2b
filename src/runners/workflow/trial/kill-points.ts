import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import type { KillPoints, TrialRequest } from "../../../workflow/trial/trial-protocol.ts";
import { type FinishedTrial, runTrial } from "./trial-run.ts";

/** More boundaries than these are tried at even distances. */
const mostPoints = 500;

/**
 * Runs a workflow again with its runner lost before each append of its journal in turn: the result
 * must be the same, and nothing that is recorded may happen again.
 */
export async function tryKillPoints(
  definition: WorkflowDefinition,
  request: TrialRequest,
  whole: FinishedTrial,
): Promise<KillPoints> {
  const problems: { point: number; message: string }[] = [];
  let unknown = 0;
  const points = pointsOf(whole.appends);
  for (const point of points) {
    const broken = await runTrial(definition, request, [point]);
    if (broken.hasUnknown && !whole.hasUnknown) unknown += 1;
    const message = difference(whole, broken);
    if (message !== undefined) problems.push({ point, message });
  }
  return { points: points.length, unknown, problems };
}

function pointsOf(appends: number): number[] {
  const count = Math.min(appends + 1, mostPoints);
  return Array.from({ length: count }, (_, index) => Math.floor((index * (appends + 1)) / count));
}

function difference(whole: FinishedTrial, broken: FinishedTrial): string | undefined {
  const [repeated] = broken.repeated;
  if (repeated !== undefined) return `what is recorded happened again: ${repeated}`;
  // What must not be repeated fails instead, and the workflow goes another way.
  if (broken.hasUnknown && !whole.hasUnknown) return undefined;
  if (!Bun.deepEquals(broken.record.outcome, whole.record.outcome)) {
    return `ended with ${JSON.stringify(broken.record.outcome)}`;
  }
  const missing = [...whole.effects].filter((key) => !broken.effects.has(key));
  const further = [...broken.effects].filter((key) => !whole.effects.has(key));
  if (missing.length > 0) return `did not do ${missing.join(", ")}`;
  return further.length > 0 ? `did ${further.join(", ")} besides` : undefined;
}
