import type { TaskBody } from "../../../workflow/definition/task.ts";
import { ExecutionFailure } from "../../durable/durable-context.ts";
import { type Done, durableName, type ListResult, type Visit, within } from "./frame.ts";
import { settledOutputs } from "./settled-outputs.ts";

/** Runs branches side by side: the outputs of all in their order, or that of the first to succeed. */
export async function runFork(
  visit: Visit,
  { branches, compete }: Extract<TaskBody, { kind: "fork" }>,
): Promise<Done> {
  const { frame, input, context } = visit;
  const running = branches.tasks.map((task) => ({
    run: (durable: Visit["frame"]["durable"]): Promise<ListResult> => {
      const list = { tasks: [task], indexOf: new Map([[task.name, 0]]) };
      return frame.run.runList(within(frame, durable), list, { data: input, context });
    },
  }));
  const { winner, outcomes } = await frame.durable.fork(durableName(visit.task), running, {
    mode: compete ? "any" : "all",
    concurrency: Math.max(1, running.length),
  });
  if (!compete) return settledOutputs(outcomes);
  const outcome = winner === undefined ? outcomes.find((each) => each !== null) : outcomes[winner];
  if (outcome?.kind === "failed") throw new ExecutionFailure(outcome.error);
  return { output: outcome ? outcome.value.data : input };
}
