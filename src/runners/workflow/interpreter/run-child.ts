import type { Json } from "../../../contract/json.ts";
import { standardErrorType } from "../../../workflow/definition/error.ts";
import { standardFailure, type WorkflowErrorValue, WorkflowFailure } from "../workflow-failure.ts";
import type { ChildOutcome, ChildRequest } from "../workflow-host.ts";
import { durableName, type Visit } from "./frame.ts";
import { isCancelled } from "./is-cancelled.ts";

const requestTimeoutMs = 60_000;
const keyed = { timeoutMs: requestTimeoutMs, onUnknown: "retry" } as const;

/** Starts an agent or a workflow, waits for its end, and gives what it gave. Cancelled with its task. */
export async function runChild(visit: Visit, request: ChildRequest): Promise<Json> {
  const { frame, task } = visit;
  const { host } = frame.run;
  const name = durableName(task);
  const childId = await startChild(visit, request);
  try {
    await frame.durable.event(`${name}.end`, `child/${childId}`);
  } catch (thrown) {
    if (isCancelled(thrown)) {
      await frame.durable.shield(`${name}.cancel`, (durable) =>
        durable.step(
          "cancel",
          () => host.cancelChild(childId, "its workflow was cancelled").then(() => null),
          keyed,
        ),
      );
    }
    throw thrown;
  }
  const outcome = await frame.durable.step(`${name}.outcome`, () => host.readChild(childId), keyed);
  return outputOf(outcome);
}

/** Returns its id. */
export async function startChild({ frame, task }: Visit, request: ChildRequest): Promise<string> {
  const { host } = frame.run;
  return await frame.durable.step(
    durableName(task),
    (effect) => host.startChild(request, effect),
    keyed,
  );
}

function outputOf(outcome: ChildOutcome): Json {
  if (outcome.kind === "completed") return outcome.output;
  if (outcome.kind === "cancelled") {
    throw standardFailure("runtime", `it was cancelled: ${outcome.reason}`);
  }
  const { code, message, details } = outcome;
  // A workflow fails with an error of the same form.
  if (isWorkflowError(details)) throw new WorkflowFailure(details);
  const type = standardErrorType(code === "timeout" ? "timeout" : "runtime");
  throw new WorkflowFailure({
    type,
    status: code === "timeout" ? 408 : 500,
    title: code,
    detail: message,
  });
}

function isWorkflowError(details: Json | undefined): details is Json & WorkflowErrorValue {
  return (
    typeof details === "object" && details !== null && "type" in details && "status" in details
  );
}
