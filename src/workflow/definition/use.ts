import { nonEmptyText, listOf, notSupported, word } from "../reading/value-readers.ts";
import { bareExpression } from "../expression/expression-readers.ts";
import { mapOf, mapOfAll, optional, required } from "../reading/map-readers.ts";
import type { Place, Reader } from "../reading/reading.ts";
import { authenticationPolicy } from "./authentication.ts";
import { errorDefinition } from "./error.ts";
import { retryPolicy } from "./retry.ts";
import { singleEntry } from "./single-entry.ts";
import type { Task, TaskList } from "./task.ts";
import { taskList, taskNamed } from "./task-list.ts";
import { timeoutPolicy } from "./timeout.ts";

/** Tasks that are put before and after others. */
export interface Extension {
  readonly name: string;
  readonly extend: string;
  readonly when: ReturnType<typeof bareExpression>;
  readonly before: TaskList | undefined;
  readonly after: TaskList | undefined;
}

const extensionMap = mapOf({
  extend: required(
    word(
      "all",
      "call",
      "do",
      "emit",
      "for",
      "fork",
      "listen",
      "raise",
      "run",
      "set",
      "switch",
      "try",
      "wait",
    ),
  ),
  when: optional(bareExpression),
  before: optional(taskList),
  after: optional(taskList),
});

const extension: Reader<Extension> = (place) => {
  const entry = singleEntry(place, "extension");
  const read = entry && extensionMap(entry.place);
  return entry && read && { name: entry.name, ...read };
};

/** A function is a task; its name is the key. */
const functionTask: Reader<Task> = (place) =>
  taskNamed(place.pointer.slice(place.pointer.lastIndexOf("/") + 1), place);

/** What the tasks of a workflow share. */
export const use = mapOf({
  authentications: optional(mapOfAll(authenticationPolicy)),
  errors: optional(mapOfAll(errorDefinition)),
  extensions: optional(listOf(extension)),
  functions: optional(mapOfAll(functionTask)),
  retries: optional(mapOfAll(retryPolicy)),
  secrets: optional(listOf(nonEmptyText)),
  timeouts: optional(mapOfAll(timeoutPolicy)),
  catalogs: optional((place: Place) => notSupported(place, "a catalog")),
});
