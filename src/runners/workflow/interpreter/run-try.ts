import type { Json } from "../../../contract/json.ts";
import { durationMs } from "../../../workflow/definition/duration.ts";
import { canonicalErrorType, type ErrorFilter } from "../../../workflow/definition/error.ts";
import type { RetryPolicy } from "../../../workflow/definition/retry.ts";
import type { Catch, TaskBody } from "../../../workflow/definition/task.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import type { WorkflowErrorValue } from "../workflow-failure.ts";
import { type Done, doneOf, durableName, type ListResult, type Visit, within } from "./frame.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { scopeOf } from "./scopes.ts";
import { asFailure, workflowErrorOf } from "./workflow-error.ts";

/** Runs tasks; catches what they fail with, tries again, and then does what is left to do. */
export async function runTry(
  visit: Visit,
  body: Extract<TaskBody, { kind: "try" }>,
): Promise<Done> {
  const { frame, task, input, context } = visit;
  const name = durableName(task);
  const policy = policyOf(visit, body.catch);
  const startedAtMs = policy ? frame.durable.now() : 0;
  for (let attempt = 1; ; attempt++) {
    const tried = await settle(visit, () =>
      frame.durable.scope(name, (durable) =>
        frame.run.runList({ ...within(frame, durable), attempt }, body.tasks, {
          data: input,
          context,
        }),
      ),
    );
    if ("result" in tried) return doneOf(tried.result);
    const scope = scopeOfError(visit, body.catch, tried.error);
    if (!isCaught(body.catch, tried.error, scope)) throw asFailure(tried.error);
    const delayMs = policy && (await nextDelay(visit, { policy, attempt, startedAtMs, scope }));
    if (delayMs === undefined) return await recover(visit, body.catch, tried.error);
    if (delayMs > 0) await frame.durable.sleepUntil(`${name}.retry`, frame.durable.now() + delayMs);
  }
}

async function settle(
  { task }: Visit,
  run: () => Promise<ListResult>,
): Promise<{ readonly result: ListResult } | { readonly error: WorkflowErrorValue }> {
  try {
    return { result: await run() };
  } catch (thrown) {
    const error = workflowErrorOf(thrown, task.pointer);
    if (error === undefined) throw thrown;
    return { error };
  }
}

/** How long to wait before the next try; `undefined` when there is none. */
async function nextDelay(
  { frame }: Visit,
  at: {
    readonly policy: RetryPolicy;
    readonly attempt: number;
    readonly startedAtMs: number;
    readonly scope: EvaluationScope;
  },
): Promise<number | undefined> {
  const { policy, attempt, startedAtMs, scope } = at;
  if (policy.when?.holds(scope) === false || policy.exceptWhen?.holds(scope) === true)
    return undefined;
  // The count is of tries after the first.
  if (attempt > (policy.limit?.attempt?.count ?? Infinity)) return undefined;
  const delayMs = retryDelayMs(policy, attempt, {
    scope,
    random: randomOf(frame.durable.uuid("jitter")),
  });
  const limit = policy.limit?.duration;
  if (limit === undefined) return delayMs;
  const elapsedMs = frame.durable.now() - startedAtMs;
  return elapsedMs + delayMs > durationMs(limit, scope) ? undefined : delayMs;
}

/** From 0 to 1, the same in every replay. */
function randomOf(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) / 2 ** 32;
}

/** Does what `catch` says; without anything the output is the input. */
async function recover(visit: Visit, caught: Catch, error: WorkflowErrorValue): Promise<Done> {
  const { frame, task, input, context } = visit;
  if (!caught.tasks) return { output: input, next: caught.next };
  const { tasks } = caught;
  const variables = { [caught.as]: { ...error } as Json };
  const result = await frame.durable.scope(`${durableName(task)}.catch`, (durable) =>
    frame.run.runList(within(frame, durable, variables), tasks, { data: input, context }),
  );
  const done = doneOf(result);
  return done.next === undefined ? { ...done, next: caught.next } : done;
}

function isCaught(caught: Catch, error: WorkflowErrorValue, scope: EvaluationScope): boolean {
  if (caught.errors && !matches(caught.errors, error)) return false;
  if (caught.when?.holds(scope) === false) return false;
  return caught.exceptWhen?.holds(scope) !== true;
}

function matches(filter: ErrorFilter, error: WorkflowErrorValue): boolean {
  const { type, ...others } = filter;
  if (type !== undefined && canonicalErrorType(type) !== canonicalErrorType(error.type))
    return false;
  return Object.entries(others).every(
    ([name, wanted]) => wanted === undefined || error[name as keyof WorkflowErrorValue] === wanted,
  );
}

/** What conditions of `catch` see: the error, as `.` and by its name. */
function scopeOfError(
  { frame, input, context, about }: Visit,
  caught: Catch,
  error: WorkflowErrorValue,
): EvaluationScope {
  const value = { ...error } as Json;
  return scopeOf(frame, value, { context, input, task: about, [caught.as]: value });
}

function policyOf({ frame }: Visit, { retry }: Catch): RetryPolicy | undefined {
  if (retry?.kind !== "named") return retry?.policy;
  return frame.run.definition.use?.retries?.get(retry.name);
}
