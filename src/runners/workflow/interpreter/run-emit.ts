import { isJsonMap, type Json } from "../../../contract/json.ts";
import type { TaskBody } from "../../../workflow/definition/task.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import { type Done, durableName, type Visit } from "./frame.ts";
import { scopeOfVisit } from "./scopes.ts";

const emitTimeoutMs = 60_000;

/** Publishes a CloudEvent; the output is the event. */
export async function runEmit(
  visit: Visit,
  { event: template }: Extract<TaskBody, { kind: "emit" }>,
): Promise<Done> {
  const { frame, task } = visit;
  const written = evaluateTemplate(template, scopeOfVisit(visit));
  if (!isJsonMap(written)) {
    throw standardFailure("expression", "the properties of an event are no map");
  }
  const event: Json = {
    specversion: "1.0",
    id: frame.durable.uuid("event"),
    source: sourceOf(visit),
    time: new Date(frame.durable.now()).toISOString(),
    ...written,
  };
  await frame.durable.step(
    durableName(task),
    (effect) => frame.run.host.emit(event, effect).then(() => null),
    {
      timeoutMs: emitTimeoutMs,
      onUnknown: "retry",
    },
  );
  return { output: event };
}

function sourceOf({ frame }: Visit): string {
  const { namespace, name } = frame.run.definition.document;
  return `/workflows/${namespace}/${name}`;
}
