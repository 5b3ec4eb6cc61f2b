import type { Json } from "../../../contract/json.ts";
import { durationMs } from "../../../workflow/definition/duration.ts";
import { Pace } from "../../../system/pace.ts";
import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { contextErrorCodes, ExecutionFailure } from "../../durable/durable-context.ts";
import type { WorkflowErrorValue } from "../workflow-failure.ts";
import type { WorkflowHost } from "../workflow-host.ts";
import type { Flow, Frame, WorkflowContext } from "./frame.ts";
import { runList } from "./run-list.ts";
import { check, namedTimeout, runTask, timeOf } from "./run-task.ts";
import { scopeOf } from "./scopes.ts";
import { workflowErrorOf } from "./workflow-error.ts";

/** One run of a workflow. */
export interface WorkflowRun {
  readonly context: WorkflowContext;
  readonly definition: WorkflowDefinition;
  readonly input: Json;
  readonly host: WorkflowHost;
  /** Of this program, for `$runtime`. */
  readonly version: string;
}

export type WorkflowOutcome =
  | { readonly kind: "completed"; readonly output: Json }
  | { readonly kind: "failed"; readonly error: WorkflowErrorValue }
  | { readonly kind: "cancelled"; readonly reason: string };

/**
 * Runs a workflow to its end: what is recorded is not done again. Throws only what lets go of the
 * execution without ending it.
 */
export async function runWorkflow(workflow: WorkflowRun): Promise<WorkflowOutcome> {
  try {
    return { kind: "completed", output: await run(workflow) };
  } catch (thrown) {
    const error = workflowErrorOf(thrown, "");
    if (error) return { kind: "failed", error };
    if (thrown instanceof ExecutionFailure && thrown.code === contextErrorCodes.cancelled) {
      return { kind: "cancelled", reason: thrown.message };
    }
    throw thrown;
  }
}

async function run(workflow: WorkflowRun): Promise<Json> {
  const { definition, context, input } = workflow;
  const frame = frameOf(workflow);
  const { timeout } = definition;
  if (!timeout) return await runTasks(frame, input);
  const after = timeout.kind === "written" ? timeout.after : namedTimeout(frame, timeout.name);
  const deadline = context.now() + durationMs(after, scopeOf(frame, input, {}));
  return await context.timeLimit("timeout", deadline, (durable) =>
    runTasks({ ...frame, durable }, input),
  );
}

async function runTasks(frame: Frame, raw: Json): Promise<Json> {
  const { definition } = frame.run;
  const data = await inputOf(frame, raw);
  const flow: Flow = { data, context: data };
  const result = await frame.run.runList(frame, definition.do, flow);
  const { output } = definition;
  const variables = { context: result.context, output: result.data };
  const given = output?.as
    ? evaluateTemplate(output.as, scopeOf(frame, result.data, variables))
    : result.data;
  if (output?.schema)
    await check(frame, output.schema, { value: given, what: "output of the workflow" });
  return given;
}

async function inputOf(frame: Frame, raw: Json): Promise<Json> {
  const { input } = frame.run.definition;
  if (input?.schema)
    await check(frame, input.schema, { value: raw, what: "input of the workflow" });
  return input?.from ? evaluateTemplate(input.from, scopeOf(frame, raw, {})) : raw;
}

function frameOf({ definition, context, input, host, version }: WorkflowRun): Frame {
  const needsStartTimes = JSON.stringify(definition.source).includes("startedAt");
  const about = { id: context.executionId, definition: definition.source, input };
  const workflow = needsStartTimes ? { ...about, startedAt: timeOf(context.now()) } : about;
  const runtime = { name: "stigmer", version, metadata: {} };
  const constants = { workflow, runtime };
  return {
    run: { definition, host, constants, needsStartTimes, pace: new Pace(), runList, runTask },
    durable: context,
    variables: {},
    attempt: 1,
    depth: 0,
    isExtension: false,
  };
}
