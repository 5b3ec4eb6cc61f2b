import type { TaskList } from "../../../workflow/definition/task.ts";
import type { Extension } from "../../../workflow/definition/use.ts";
import { type Done, durableName, type Flow, type ListResult, type Visit, within } from "./frame.ts";
import { scopeOfVisit } from "./scopes.ts";

/**
 * Does the work of a task between the tasks that extensions put before and after it. What these give
 * is dropped, what they export stays; one before it that ends with `exit` takes its place.
 */
export async function runExtended(
  visit: Visit,
  work: (visit: Visit) => Promise<Done>,
): Promise<Done> {
  const extensions = extensionsOf(visit);
  let { context } = visit;
  for (const { name, before } of extensions) {
    if (!before) continue;
    const result = await runTasks(visit, {
      name: `${name}.before`,
      list: before,
      flow: { data: visit.input, context },
    });
    ({ context } = result);
    if (result.directive === "exit") return { output: result.data, context };
    if (result.directive === "end") return { output: result.data, context, next: "end" };
  }
  const done = await work({ ...visit, context });
  context = done.context ?? context;
  for (const { name, after } of extensions.toReversed()) {
    if (!after) continue;
    const result = await runTasks(visit, {
      name: `${name}.after`,
      list: after,
      flow: { data: done.output, context },
    });
    ({ context } = result);
    if (result.directive === "end") return { ...done, context, next: "end" };
  }
  return { ...done, context };
}

function extensionsOf(visit: Visit): readonly Extension[] {
  const { frame, task } = visit;
  const declared = frame.isExtension ? undefined : frame.run.definition.use?.extensions;
  if (!declared) return [];
  return declared.filter(
    ({ extend, when }) =>
      (extend === "all" || extend === task.body.kind) && when?.holds(scopeOfVisit(visit)) !== false,
  );
}

async function runTasks(
  { frame, task }: Visit,
  { name, list, flow }: { readonly name: string; readonly list: TaskList; readonly flow: Flow },
): Promise<ListResult> {
  return await frame.durable.scope(`${durableName(task)}.${encodeURIComponent(name)}`, (durable) =>
    frame.run.runList({ ...within(frame, durable), isExtension: true }, list, flow),
  );
}
