import { bareExpression, template } from "../expression/expression-readers.ts";
import type { Expression } from "../expression/expression.ts";
import type { Template } from "../expression/template.ts";
import {
  mapOf,
  mapOfAll,
  membersOf,
  optional,
  ownMember,
  required,
} from "../reading/map-readers.ts";
import type { Place, ReadBy, Reader } from "../reading/reading.ts";
import { listOf, mapped, nonEmptyText, textOr, word } from "../reading/value-readers.ts";
import { duration, type Duration } from "./duration.ts";

/** Properties of a CloudEvent to send; `id`, `source` and `time` are made when they are absent. */
export const emittedEvent: Reader<Template> = (place) => {
  const members = membersOf(place);
  if (!members) return undefined;
  if (ownMember(members, "type") === undefined) {
    return place.reading.refuse(place, "required", '"type" is missing');
  }
  return template(place);
};

/** Attributes that an event must have: equal, like a regular expression, or as an expression says. */
const attributes: Reader<ReadonlyMap<string, Template>> = mapOfAll(template);

const correlation = mapOf({
  from: required(bareExpression),
  expect: optional(textOr(template, template)),
});

/** Which events count. */
export const eventFilter = mapOf(
  { with: required(attributes), correlate: optional(mapOfAll(correlation)) },
  { type: "with", filter: "with" },
);
export type EventFilter = ReadBy<typeof eventFilter>;

/** Which events are waited for. */
export type EventStrategy =
  | { readonly kind: "one"; readonly filter: EventFilter }
  | { readonly kind: "all"; readonly filters: readonly EventFilter[] }
  /** Without filters: every event. Without `until`: the first. */
  | {
      readonly kind: "any";
      readonly filters: readonly EventFilter[];
      readonly until: Until | undefined;
    };

export type Until =
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "events"; readonly strategy: EventStrategy };

const strategyMap = mapOf({
  one: optional(eventFilter),
  all: optional(listOf(eventFilter, 1)),
  any: optional(listOf(eventFilter)),
  until: optional((place: Place) => until(place)),
});

export const eventStrategy: Reader<EventStrategy> = mapped(strategyMap, (read, place) => {
  const { one, all, any } = read;
  const given = [one, all, any].filter((strategy) => strategy !== undefined).length;
  if (given !== 1) return place.reading.refuse(place, "one-of", "takes one of one, all, any");
  if (read.until && !any) return place.reading.refuse(place, "one-of", '"until" belongs to "any"');
  if (one) return { kind: "one", filter: one };
  return all
    ? { kind: "all", filters: all }
    : { kind: "any", filters: any ?? [], until: read.until };
});

function until(place: Place): Until | undefined {
  if (typeof place.value === "string") {
    const expression = bareExpression(place);
    return expression && { kind: "expression", expression };
  }
  const strategy = eventStrategy(place);
  return strategy && { kind: "events", strategy };
}

/** How a consumed event is handed on: its data, the whole event, or its raw form. */
export const eventRead = word("data", "envelope", "raw");

/** When a workflow runs by itself. */
const scheduleReader = mapOf({
  every: optional(duration),
  cron: optional(nonEmptyText),
  after: optional(duration),
  on: optional(eventStrategy),
  read: optional(eventRead),
});

export const workflowSchedule: Reader<WorkflowSchedule> = mapped(scheduleReader, (read, place) => {
  const { every, cron, after, on } = read;
  const given = [every, cron, after, on].filter((trigger) => trigger !== undefined).length;
  if (given !== 1)
    return place.reading.refuse(place, "one-of", "takes one of every, cron, after, on");
  if (every) return { kind: "every", duration: every };
  if (after) return { kind: "after", duration: after };
  if (on) return { kind: "on", strategy: on, read: read.read ?? "data" };
  return { kind: "cron", expression: cron ?? "" };
});

export type WorkflowSchedule =
  | { readonly kind: "every" | "after"; readonly duration: Duration }
  | { readonly kind: "cron"; readonly expression: string }
  | {
      readonly kind: "on";
      readonly strategy: EventStrategy;
      readonly read: "data" | "envelope" | "raw";
    };
