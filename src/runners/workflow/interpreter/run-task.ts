import type { Json } from "../../../contract/json.ts";
import type { InputFlow, OutputFlow, Schema } from "../../../workflow/definition/data-flow.ts";
import { type Duration, durationMs } from "../../../workflow/definition/duration.ts";
import type { Task } from "../../../workflow/definition/task.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import { bodies } from "./bodies.ts";
import {
  type Done,
  durableName,
  type Flow,
  type Frame,
  type TaskResult,
  type Visit,
  within,
} from "./frame.ts";
import { isCancelled } from "./is-cancelled.ts";
import { runExtended } from "./run-extended.ts";
import { reportTask } from "./report-task.ts";
import { scopeAfter, scopeBefore, scopeOfVisit } from "./scopes.ts";
import { asFailure, workflowErrorOf } from "./workflow-error.ts";

/** Runs one task in the order that the specification gives: condition, input, work, output, export. */
export async function runTask(frame: Frame, task: Task, flow: Flow): Promise<TaskResult> {
  const about = aboutTask(frame, task, flow.data);
  const visit = { frame, task, input: flow.data, context: flow.context, about };
  const report = reportTask(visit);
  try {
    if (task.if && !task.if.holds(scopeBefore(frame, flow, about))) {
      report("skipped", { output: flow.data });
      return { ...flow, next: "continue" };
    }
    report("running", { input: flow.data });
    const result = await perform({ ...visit, input: await inputOf(visit, task.input) });
    report("completed", { output: result.data });
    return result;
  } catch (thrown) {
    const error = workflowErrorOf(thrown, task.pointer);
    if (error === undefined) {
      if (isCancelled(thrown)) report("cancelled", {});
      throw thrown;
    }
    report("failed", { error });
    throw asFailure(error);
  }
}

async function perform(visit: Visit): Promise<TaskResult> {
  const { task, context } = visit;
  const done = await runExtended(visit, limited);
  const output = await outputOf(visit, done.output);
  const before = done.context ?? context;
  const exported = task.export
    ? await exportOf({ ...visit, context: before }, task.export, output)
    : before;
  return { data: output, context: exported, next: done.next ?? task.next ?? "continue" };
}

/** Does the work, for as long as the task may take. */
async function limited(visit: Visit): Promise<Done> {
  const { frame, task } = visit;
  const { timeout } = task;
  const run = bodies[task.body.kind];
  if (!timeout) return await run(visit);
  const after = timeout.kind === "written" ? timeout.after : namedTimeout(frame, timeout.name);
  const deadline = frame.durable.now() + durationMs(after, scopeOfVisit(visit));
  return await frame.durable.timeLimit(`${durableName(task)}.timeout`, deadline, (durable) =>
    run({ ...visit, frame: within(frame, durable) }),
  );
}

/** Its definition was checked: the name is there. */
export function namedTimeout({ run }: Frame, name: string): Duration {
  const found = run.definition.use?.timeouts?.get(name);
  if (!found) throw standardFailure("configuration", `there is no timeout "${name}"`);
  return found.after;
}

async function inputOf(visit: Visit, flow: InputFlow | undefined): Promise<Json> {
  const { frame, input, context, about } = visit;
  if (!flow) return input;
  if (flow.schema) await check(frame, flow.schema, { value: input, what: "input" });
  if (!flow.from) return input;
  return evaluateTemplate(flow.from, scopeBefore(frame, { data: input, context }, about));
}

async function outputOf(visit: Visit, raw: Json): Promise<Json> {
  const { frame, task } = visit;
  if (!task.output) return raw;
  const output = transformed(task.output, raw, () => scopeAfter(visit, raw, { output: raw }));
  if (task.output.schema) await check(frame, task.output.schema, { value: output, what: "output" });
  return output;
}

async function exportOf(visit: Visit, flow: OutputFlow, output: Json): Promise<Json> {
  const exported = transformed(flow, output, () => scopeAfter(visit, output, { output }));
  if (flow.schema) await check(visit.frame, flow.schema, { value: exported, what: "export" });
  return exported;
}

function transformed(flow: OutputFlow, value: Json, scope: () => EvaluationScope): Json {
  return flow.as ? evaluateTemplate(flow.as, scope()) : value;
}

/** @throws WorkflowFailure `validation` with what the value breaks */
export async function check(
  { run }: Frame,
  schema: Schema,
  { value, what }: { readonly value: Json; readonly what: string },
): Promise<void> {
  const problems = await run.host.validate(schema, value, new AbortController().signal);
  if (problems.length === 0) return;
  throw standardFailure(
    "validation",
    `the ${what} does not keep its schema: ${problems.join("; ")}`,
  );
}

/** `$task`. */
function aboutTask({ run, durable }: Frame, task: Task, input: Json): Visit["about"] {
  const { name, pointer, definition } = task;
  const about = { name, reference: pointer, definition, input };
  return run.needsStartTimes ? { ...about, startedAt: timeOf(durable.now()) } : about;
}

/** A time as expressions see it. */
export function timeOf(epochMs: number): Json {
  return {
    iso8601: new Date(epochMs).toISOString(),
    epoch: { seconds: Math.floor(epochMs / 1_000), milliseconds: epochMs },
  };
}
