import { bareExpression, template } from "../expression/expression-readers.ts";
import type { Json } from "../../contract/json.ts";
import { mapOf, membersIn, optional, required } from "../reading/map-readers.ts";
import { childOf, type Place, type Reader, withVariables } from "../reading/reading.ts";
import { anyJson, flag, nonEmptyText, textLike, textOr } from "../reading/value-readers.ts";
import { readCall } from "./call.ts";
import { outputFlow, transformation } from "./data-flow.ts";
import { duration } from "./duration.ts";
import { errorFilter, raisedError } from "./error.ts";
import { emittedEvent, eventRead, eventStrategy } from "./event.ts";
import { retry } from "./retry.ts";
import { run } from "./run.ts";
import { switchCases } from "./switch-case.ts";
import type { TaskKind, TaskList } from "./task.ts";
import { type NamelessTask, taskOf } from "./task-properties.ts";

/** A reader for each kind of task; `tasks` reads the lists that are nested in it. */
export function taskReaders(
  tasks: Reader<TaskList>,
): Readonly<Record<TaskKind, Reader<NamelessTask>>> {
  return {
    set: taskOf({ set: required(textOr(transformation, template)) }, (read) => ({
      kind: "set",
      value: read.set,
    })),
    do: taskOf({ do: required(tasks) }, (read) => ({ kind: "do", tasks: read.do })),
    for: forTask(tasks),
    fork: taskOf({ fork: required(forkMap(tasks)) }, ({ fork }) => ({
      kind: "fork",
      branches: fork.branches,
      compete: fork.compete ?? false,
    })),
    switch: taskOf({ switch: required(switchCases) }, (read) => ({
      kind: "switch",
      cases: read.switch,
    })),
    try: tryTask(tasks),
    raise: taskOf({ raise: required(mapOf({ error: required(raisedError) })) }, ({ raise }) => ({
      kind: "raise",
      error: raise.error,
    })),
    wait: taskOf({ wait: required(duration) }, ({ wait }) => ({ kind: "wait", duration: wait })),
    emit: taskOf({ emit: required(mapOf({ event: required(eventMap) })) }, ({ emit }) => ({
      kind: "emit",
      event: emit.event.with,
    })),
    listen: listenTask(tasks),
    run: taskOf({ run: required(run) }, (read) => ({ kind: "run", run: read.run })),
    call: taskOf({ call: required(nonEmptyText), with: optional(anyJson) }, callBody),
  };
}

const eventMap = mapOf({ with: required(emittedEvent) });

/** All of them start at once. */
const maxBranches = 1_000;

const forkMap = (tasks: Reader<TaskList>) =>
  mapOf({ branches: required(branches(tasks)), compete: optional(flag) }, { mode: "compete" });

function branches(tasks: Reader<TaskList>): Reader<TaskList> {
  return (place) => {
    const { value, reading } = place;
    if (!Array.isArray(value) || value.length <= maxBranches) return tasks(place);
    const message = `has ${value.length} branches; at most ${maxBranches} run at once`;
    return reading.refuse(place, "limit", message);
  };
}

const variableName = textLike(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of a variable");

function forTask(tasks: Reader<TaskList>): Reader<NamelessTask> {
  const loop = mapOf(
    { each: optional(variableName), in: required(transformation), at: optional(variableName) },
    { item: "each", index: "at", items: "in", of: "in" },
  );
  const reader = taskOf(
    { for: required(loop), while: optional(bareExpression), do: required(tasks) },
    (read, place) => {
      const maxParallel = maxParallelOf(place);
      return maxParallel === undefined
        ? undefined
        : {
            kind: "for",
            each: read.for.each ?? "item",
            at: read.for.at ?? "index",
            in: read.for.in,
            while: read.while,
            tasks: read.do,
            maxParallel,
          };
    },
  );
  return (place) => {
    const { each, at } = membersIn(membersIn(place.value)["for"]);
    return reader(withVariables(place, [nameOr(each, "item"), nameOr(at, "index")]));
  };
}

/** `metadata.maxParallel`, an extension of ours. */
function maxParallelOf(place: Place): number | undefined {
  const value = membersIn(membersIn(place.value)["metadata"])["maxParallel"];
  if (value === undefined) return 1;
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1_000)
    return value as number;
  const at = childOf(childOf(place, "metadata", value), "maxParallel", value);
  return place.reading.refuse(at, "range", "is not a whole number from 1 to 1000");
}

function tryTask(tasks: Reader<TaskList>): Reader<NamelessTask> {
  const catchMap = mapOf({
    errors: optional(mapOf({ with: optional(errorFilter) })),
    as: optional(variableName),
    when: optional(bareExpression),
    exceptWhen: optional(bareExpression),
    retry: optional(retry),
    do: optional(tasks),
    then: optional(nonEmptyText),
  });
  const caught: Reader<NonNullable<ReturnType<typeof catchMap>>> = (place) => {
    const { as } = membersIn(place.value);
    return catchMap(withVariables(place, [nameOr(as, "error")]));
  };
  return taskOf({ try: required(tasks), catch: required(caught) }, (read) => ({
    kind: "try",
    tasks: read.try,
    catch: {
      errors: read.catch.errors?.with,
      as: read.catch.as ?? "error",
      when: read.catch.when,
      exceptWhen: read.catch.exceptWhen,
      retry: read.catch.retry,
      tasks: read.catch.do,
      next: read.catch.then,
    },
  }));
}

function listenTask(tasks: Reader<TaskList>): Reader<NamelessTask> {
  const foreachMap = mapOf({
    item: optional(variableName),
    at: optional(variableName),
    do: optional(tasks),
    output: optional(outputFlow),
    export: optional(outputFlow),
  });
  const foreach: Reader<NonNullable<ReturnType<typeof foreachMap>>> = (place) => {
    const { item, at } = membersIn(place.value);
    return foreachMap(withVariables(place, [nameOr(item, "item"), nameOr(at, "index")]));
  };
  const listen = mapOf({ to: required(eventStrategy), read: optional(eventRead) });
  return taskOf({ listen: required(listen), foreach: optional(foreach) }, (read) => ({
    kind: "listen",
    to: read.listen.to,
    read: read.listen.read ?? "data",
    foreach: read.foreach && {
      item: read.foreach.item ?? "item",
      at: read.foreach.at ?? "index",
      tasks: read.foreach.do ?? { tasks: [], indexOf: new Map() },
      output: read.foreach.output,
      export: read.foreach.export,
    },
  }));
}

function callBody(
  { call: name, with: parameters }: { readonly call: string; readonly with: Json | undefined },
  place: Place,
) {
  const at = parameters === undefined ? undefined : childOf(place, "with", parameters);
  const call = readCall(name, childOf(place, "call", name), at);
  return call && ({ kind: "call", call } as const);
}

function nameOr(value: Json | undefined, name: string): string {
  return typeof value === "string" ? value : name;
}
