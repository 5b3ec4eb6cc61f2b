import type { TaskBody, TaskKind } from "../../../workflow/definition/task.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import type { Done, Visit } from "./frame.ts";
import { doneOf, durableName, within } from "./frame.ts";
import { runCall } from "./run-call.ts";
import { runEmit } from "./run-emit.ts";
import { runFor } from "./run-for.ts";
import { runFork } from "./run-fork.ts";
import { runListen } from "./run-listen.ts";
import { runProcess } from "./run-process.ts";
import { raise } from "./raise.ts";
import { runTry } from "./run-try.ts";
import { runWait } from "./run-wait.ts";
import { scopeOfVisit } from "./scopes.ts";

type Body<Kind extends TaskKind> = Extract<TaskBody, { kind: Kind }>;
type Bodies = { readonly [Kind in TaskKind]: (visit: Visit, body: Body<Kind>) => Promise<Done> };

const table: Bodies = {
  set: async (visit, { value }) => ({ output: evaluateTemplate(value, scopeOfVisit(visit)) }),
  switch: async (visit, { cases }) => {
    const scope = scopeOfVisit(visit);
    const chosen =
      cases.find(({ when }) => when?.holds(scope) === true) ??
      cases.find(({ when }) => when === undefined);
    return { output: visit.input, next: chosen?.next };
  },
  do: async (visit, { tasks }) => {
    const { frame, input, context } = visit;
    const result = await frame.durable.scope(durableName(visit.task), (durable) =>
      frame.run.runList(within(frame, durable), tasks, { data: input, context }),
    );
    return doneOf(result);
  },
  for: runFor,
  fork: runFork,
  try: runTry,
  raise: (visit, { error }) => Promise.reject(raise(visit, error)),
  wait: runWait,
  emit: runEmit,
  listen: runListen,
  run: runProcess,
  call: runCall,
};

/** What each kind of task does. */
export const bodies = Object.fromEntries(
  Object.entries(table).map(([kind, run]) => [
    kind,
    (visit: Visit) =>
      (run as (visit: Visit, body: TaskBody) => Promise<Done>)(visit, visit.task.body),
  ]),
) as { readonly [Kind in TaskKind]: (visit: Visit) => Promise<Done> };
