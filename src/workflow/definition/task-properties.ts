import { bareExpression } from "../expression/expression-readers.ts";
import { mapOf, optional, type Property, type PropertiesOf } from "../reading/map-readers.ts";
import type { Place, Reader } from "../reading/reading.ts";
import { anyJson, mapped, nonEmptyText } from "../reading/value-readers.ts";
import { inputFlow, outputFlow } from "./data-flow.ts";
import type { Task, TaskBody } from "./task.ts";
import { timeout } from "./timeout.ts";

/** What every task can have. */
const commonProperties = {
  if: optional(bareExpression),
  input: optional(inputFlow),
  output: optional(outputFlow),
  export: optional(outputFlow),
  timeout: optional(timeout),
  then: optional(nonEmptyText),
  metadata: optional(anyJson),
};

const misnomers = {
  when: "if",
  condition: "if",
  next: "then",
  description: "metadata",
  name: "metadata",
};

/** A task without the name that its list gives it. */
export type NamelessTask = Omit<Task, "name">;

/** Reads a task: what every task can have, these properties, and what it does by them. */
export function taskOf<P extends Readonly<Record<string, Property<unknown>>>>(
  properties: P,
  bodyOf: (read: PropertiesOf<P>, place: Place) => TaskBody | undefined,
): Reader<NamelessTask> {
  const reader = mapOf({ ...commonProperties, ...properties }, misnomers);
  return mapped(reader, (read, place) => {
    const body = bodyOf(read, place);
    if (!body) return undefined;
    const common = read as PropertiesOf<typeof commonProperties>;
    return {
      pointer: place.pointer,
      definition: place.value,
      if: common.if,
      input: common.input,
      output: common.output,
      export: common.export,
      timeout: common.timeout,
      next: common.then,
      metadata: common.metadata,
      body,
    };
  });
}
