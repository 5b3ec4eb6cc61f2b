import { isJsonMap, type Json } from "../../../contract/json.ts";
import type { ForBody } from "../../../workflow/definition/task.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import {
  type Done,
  doneOf,
  durableName,
  type Flow,
  type ListResult,
  type Visit,
  within,
} from "./frame.ts";
import { settledOutputs } from "./settled-outputs.ts";
import { scopeOf, scopeOfVisit } from "./scopes.ts";

/** Runs tasks for each item of a list: one after the other, or some at a time. */
export async function runFor(visit: Visit, body: ForBody): Promise<Done> {
  const items = itemsOf(evaluateTemplate(body.in, scopeOfVisit(visit)));
  return body.maxParallel > 1
    ? await runParallel(visit, body, items)
    : await runSequential(visit, body, items);
}

/** Each iteration's input is the output of the one before; so is the output of the task. */
async function runSequential(visit: Visit, body: ForBody, items: readonly Json[]): Promise<Done> {
  const { frame, input, context } = visit;
  const start: ListResult = { data: input, context, directive: "continue" };
  const last = await frame.durable.loop(
    durableName(visit.task),
    start,
    async (durable, state, index) => {
      const item = items[index];
      if (item === undefined || !continues(visit, body, { flow: state, item, index })) {
        return { state, isLast: true };
      }
      const inner = within(frame, durable, variablesOf(body, item, index));
      const result = await frame.run.runList(inner, body.tasks, state);
      return { state: result, isLast: result.directive === "end" };
    },
  );
  return doneOf(last);
}

/** Each iteration starts from the input of the task; the output is what they gave, in order. */
async function runParallel(visit: Visit, body: ForBody, items: readonly Json[]): Promise<Done> {
  const { frame, input, context } = visit;
  const branches = items.map((item, index) => ({
    run: (durable: Visit["frame"]["durable"]): Promise<ListResult> =>
      frame.run.runList(within(frame, durable, variablesOf(body, item, index)), body.tasks, {
        data: input,
        context,
      }),
  }));
  const { outcomes } = await frame.durable.fork(durableName(visit.task), branches, {
    mode: "all",
    concurrency: body.maxParallel,
  });
  return settledOutputs(outcomes);
}

function continues(
  visit: Visit,
  body: ForBody,
  at: { readonly flow: Flow; readonly item: Json; readonly index: number },
): boolean {
  if (!body.while) return true;
  const { frame, about, input } = visit;
  const { flow, item, index } = at;
  const variables = {
    context: flow.context,
    input,
    task: about,
    ...variablesOf(body, item, index),
  };
  return body.while.holds(scopeOf(frame, flow.data, variables));
}

function variablesOf(
  { each, at }: ForBody,
  item: Json,
  index: number,
): Readonly<Record<string, Json>> {
  return { [each]: item, [at]: index };
}

/** A list; a map as its entries; a number as so many. */
function itemsOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 100_000_000) {
    return Array.from({ length: value }, (_, index) => index);
  }
  if (isJsonMap(value))
    return Object.entries(value).map(([key, member]) => ({ key, value: member }));
  throw standardFailure("expression", `for.in gave ${JSON.stringify(value)}, not a list`);
}
