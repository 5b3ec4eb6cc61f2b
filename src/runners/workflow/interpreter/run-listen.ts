import { isJsonMap, type Json } from "../../../contract/json.ts";
import type { ListenBody, ListenForeach } from "../../../workflow/definition/task.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { EventCollector } from "./event-collector.ts";
import { type Done, durableName, type Visit, within } from "./frame.ts";
import { scopeOf, scopeOfVisit } from "./scopes.ts";

/** Waits for events, and runs tasks for each of them; the output is what was read, in order. */
export async function runListen(visit: Visit, body: ListenBody): Promise<Done> {
  const { frame, task } = visit;
  const name = durableName(task);
  const collector = new EventCollector(body.to, scopeOfVisit(visit));
  const outputs: Json[] = [];
  let { context } = visit;
  for (let after = 0; !collector.isDone;) {
    const found = await frame.durable.nextEvent(name, {
      types: collector.types,
      after,
      matches: (event) => collector.wants(event),
    });
    after = found.id;
    if (collector.take(found.event) === "kept") {
      const value = readOf(found.event, body.read);
      const done =
        body.foreach &&
        (await forEach({ ...visit, context }, body.foreach, { value, index: outputs.length }));
      outputs.push(done ? done.output : value);
      context = done?.context ?? context;
      if (done?.next === "end") return { output: outputs, context, next: "end" };
    }
  }
  return { output: outputs, context };
}

async function forEach(
  visit: Visit,
  foreach: ListenForeach,
  { value, index }: { readonly value: Json; readonly index: number },
): Promise<Done> {
  const { frame, task, context, about, input } = visit;
  const variables = { [foreach.item]: value, [foreach.at]: index };
  const result = await frame.durable.scope(`${durableName(task)}.foreach`, (durable) =>
    frame.run.runList(within(frame, durable, variables), foreach.tasks, { data: value, context }),
  );
  const scope = (data: Json) =>
    scopeOf(frame, data, {
      context: result.context,
      input,
      task: about,
      output: data,
      ...variables,
    });
  const output = foreach.output?.as
    ? evaluateTemplate(foreach.output.as, scope(result.data))
    : result.data;
  const exported = foreach.export?.as
    ? evaluateTemplate(foreach.export.as, scope(output))
    : result.context;
  return { output, context: exported, ...(result.directive === "end" ? { next: "end" } : {}) };
}

function readOf(event: Json, read: ListenBody["read"]): Json {
  if (read !== "data") return event;
  return isJsonMap(event) ? (event["data"] ?? null) : null;
}
