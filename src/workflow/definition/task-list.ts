import { nearestName } from "../../contract/nearest-name.ts";
import type { Json } from "../../contract/json.ts";
import { pointerTo } from "../reading/finding.ts";
import { membersOf } from "../reading/map-readers.ts";
import { childOf, type Place, type Reader, valueText } from "../reading/reading.ts";
import { refuseDangling, warnOfUnreachable } from "./check-flow.ts";
import { singleEntry } from "./single-entry.ts";
import type { Task, TaskKind, TaskList } from "./task.ts";
import { taskReaders } from "./task-readers.ts";

/** Tasks in their order: `[{first: {…}}, {second: {…}}]`. */
export const taskList: Reader<TaskList> = (place) => {
  const { value, reading } = place;
  if (!Array.isArray(value)) {
    return reading.refuse(place, "type", `is ${valueText(value)}, not a list of tasks`);
  }
  const read = value.map((item: Json, index) => task(childOf(place, index, item)));
  refuseTwins(place, value);
  const tasks = read.filter((one) => one !== undefined);
  refuseDangling(tasks, new Set(value.flatMap(namesOf)), reading);
  if (tasks.length !== read.length) return undefined;
  const list = { tasks, indexOf: new Map(tasks.map(({ name }, index) => [name, index])) };
  warnOfUnreachable(list, reading);
  return list;
};

const readers = taskReaders((place) => taskList(place));

/** The words by which a task is known, the more telling first: a `for` has a `do`, too. */
const kinds = [
  "for",
  "try",
  "fork",
  "switch",
  "listen",
  "call",
  "run",
  "set",
  "raise",
  "wait",
  "emit",
  "do",
] as const satisfies readonly TaskKind[];

/** What people write → the kind that does it. */
const misnomers: Readonly<Record<string, TaskKind>> = {
  parallel: "fork",
  branches: "fork",
  sleep: "wait",
  delay: "wait",
  foreach: "for",
  while: "for",
  throw: "raise",
  error: "raise",
  assign: "set",
  http: "call",
  grpc: "call",
  agent: "call",
  mcp: "call",
  shell: "run",
  script: "run",
  if: "switch",
  steps: "do",
  tasks: "do",
};

function task(place: Place): Task | undefined {
  const entry = singleEntry(place, "task");
  return entry && taskNamed(entry.name, entry.place);
}

/** The task itself, whose name stands elsewhere. */
export function taskNamed(name: string, place: Place): Task | undefined {
  const members = membersOf(place);
  if (!members) return undefined;
  const kind = kinds.find((known) => Object.hasOwn(members, known));
  if (kind === undefined) return refuseKind(place, Object.keys(members));
  const read = readers[kind](place);
  return read && { name, ...read };
}

function refuseKind(place: Place, names: readonly string[]): undefined {
  const meant = names
    .map((name) => misnomers[name] ?? nearestName(name, kinds))
    .find((name) => name !== undefined);
  const hint = meant === undefined ? `one of ${kinds.join(", ")}` : `did you mean "${meant}"?`;
  return place.reading.refuse(place, "kind", `says nothing to do; ${hint}`);
}

function refuseTwins(place: Place, items: readonly Json[]): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const [name] = namesOf(item);
    if (name === undefined) continue;
    if (seen.has(name)) {
      const pointer = pointerTo(pointerTo(place.pointer, index), name);
      place.reading.refuse({ pointer }, "unique", `there is another task "${name}" in this list`);
    }
    seen.add(name);
  }
}

function namesOf(item: Json): string[] {
  return typeof item === "object" && item !== null && !Array.isArray(item) ? Object.keys(item) : [];
}
