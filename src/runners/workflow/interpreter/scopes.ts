import type { Json } from "../../../contract/json.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import type { Flow, Frame, Visit } from "./frame.ts";

/** What expressions see before the input of a task is transformed: its raw input. */
export function scopeBefore(frame: Frame, flow: Flow, about: Visit["about"]): EvaluationScope {
  return scopeOf(frame, flow.data, { context: flow.context, task: about });
}

/** What the definition of a task sees: its transformed input. */
export function scopeOfVisit({ frame, input, context, about }: Visit): EvaluationScope {
  return scopeOf(frame, input, { context, input, task: about });
}

/** What `output` and `export` see. */
export function scopeAfter(
  visit: Visit,
  output: Json,
  more: Readonly<Record<string, Json>> = {},
): EvaluationScope {
  const { frame, input, context, about } = visit;
  return scopeOf(frame, output, { context, input, task: about, ...more });
}

export function scopeOf(
  { run, variables, durable }: Frame,
  input: Json,
  more: Readonly<Record<string, Json>>,
): EvaluationScope {
  return {
    input,
    variables: { ...run.constants, ...more, ...variables },
    now: () => durable.now(),
  };
}
