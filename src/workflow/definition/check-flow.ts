import { pointerTo } from "../reading/finding.ts";
import type { Reading } from "../reading/reading.ts";
import type { Task, TaskList } from "./task.ts";

/** Where the flow goes besides to a task. */
const flowDirectives: ReadonlySet<string> = new Set(["continue", "exit", "end"]);

/** A place that says what comes next. */
interface Jump {
  readonly pointer: string;
  readonly next: string;
}

/** Refuses jumps to tasks that are not in the list. */
export function refuseDangling(
  tasks: readonly Task[],
  names: ReadonlySet<string>,
  reading: Reading,
): void {
  for (const { pointer, next } of tasks.flatMap(jumpsOf)) {
    if (flowDirectives.has(next) || names.has(next)) continue;
    const nearest = reading.nearest(next, [...names, ...flowDirectives]);
    const known = "continue, exit, end or a task of this list";
    const hint = nearest === undefined ? known : `did you mean "${nearest}"?`;
    reading.refuse({ pointer }, "flow", `there is no task "${next}" in this list; ${hint}`);
  }
}

function jumpsOf({ body, next, pointer }: Task): Jump[] {
  const own = next === undefined ? [] : [{ pointer: pointerTo(pointer, "then"), next }];
  if (body.kind === "switch") {
    const list = pointerTo(pointer, "switch");
    const cases = body.cases.map((one, index) => ({
      pointer: `${pointerTo(pointerTo(list, index), one.name)}/then`,
      next: one.next,
    }));
    return [...own, ...cases];
  }
  const caught = body.kind === "try" ? body.catch.next : undefined;
  return caught === undefined ? own : [...own, { pointer: `${pointer}/catch/then`, next: caught }];
}

/** Warns of tasks that nothing leads to. */
export function warnOfUnreachable({ tasks, indexOf }: TaskList, reading: Reading): void {
  const reached = new Set<number>();
  const open = tasks.length > 0 ? [0] : [];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const task = tasks[index];
    if (!task || reached.has(index)) continue;
    reached.add(index);
    for (const next of nextOf(task)) {
      const nextIndex = next === "continue" ? index + 1 : indexOf.get(next);
      if (nextIndex !== undefined) open.push(nextIndex);
    }
  }
  for (const [index, { name, pointer }] of tasks.entries()) {
    if (!reached.has(index))
      reading.warn({ pointer }, "unreachable", `nothing leads to the task "${name}"`);
  }
}

/** What can come after a task. A skipped one is followed by the next of the list. */
function nextOf(task: Task): string[] {
  const { body, next = "continue" } = task;
  const skipped = task.if ? ["continue"] : [];
  if (body.kind !== "switch") {
    const caught = body.kind === "try" && body.catch.next !== undefined ? [body.catch.next] : [];
    const own = body.kind === "raise" ? [] : [next];
    return [...skipped, ...own, ...caught];
  }
  const hasDefault = body.cases.some(({ when }) => when === undefined);
  return [...skipped, ...body.cases.map((one) => one.next), ...(hasDefault ? [] : [next])];
}
