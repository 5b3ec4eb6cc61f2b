import { availableParallelism } from "node:os";
import { messageOf } from "../../contract/errors.ts";
import type { TrialReport, TrialRequest } from "../../workflow/trial/trial-protocol.ts";
import { TrialProcess } from "./trial-process.ts";

/** A run in its own time ends in milliseconds; one that does not is stuck in a way that nobody thought of. */
const longestMs = 60_000;
const mostProcesses = 8;

/** Runs all requests, as many side by side as there are processors. Reports in their order. */
export async function runTrials(
  requests: readonly TrialRequest[],
  signal: AbortSignal,
): Promise<TrialReport[]> {
  const reports: TrialReport[] = [];
  const queue = requests.values();
  const count = Math.min(requests.length, availableParallelism(), mostProcesses);
  await Promise.all(
    Array.from({ length: count }, async () => {
      let process = new TrialProcess();
      try {
        for (const request of queue) {
          const limit = AbortSignal.timeout(longestMs);
          try {
            reports[request.id] = await process.ask(request, AbortSignal.any([signal, limit]));
          } catch (thrown) {
            signal.throwIfAborted();
            process[Symbol.dispose]();
            process = new TrialProcess();
            const message = limit.aborted
              ? `it has not ended after ${longestMs / 1_000} s`
              : messageOf(thrown);
            reports[request.id] = lostReport(request.id, message);
          }
        }
      } finally {
        process[Symbol.dispose]();
      }
    }),
  );
  return reports;
}

function lostReport(id: number, message: string): TrialReport {
  const outcome = { kind: "stopped", stop: { kind: "defect", message } } as const;
  const record = {
    outcome,
    tookMs: 0,
    tasks: [],
    calls: [],
    emitted: [],
    unusedMocks: [],
    unusedEvents: [],
  };
  return { id, record };
}
