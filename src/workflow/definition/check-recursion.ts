import { pointerTo } from "../reading/finding.ts";
import type { Reading } from "../reading/reading.ts";
import type { Task, TaskList } from "./task.ts";

type Functions = ReadonlyMap<string, Task>;

/** Warns of functions that can only call themselves, again and again, until the run ends. */
export function warnOfRecursion(functions: Functions, reading: Reading): void {
  const calls = new Map([...functions].map(([name, task]) => [name, alwaysCalled(task)]));
  for (const [name] of functions) {
    if (!reaches(name, calls)) continue;
    const pointer = pointerTo("/use/functions", name);
    reading.warn({ pointer }, "recursion", `"${name}" calls itself, always and without end`);
  }
}

/** Whether a function leads back to itself. */
function reaches(name: string, calls: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(calls.get(name) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(calls.get(next) ?? []));
  }
  return false;
}

/** The functions that a task calls whatever its input is. */
function alwaysCalled({ if: condition, body }: Task): string[] {
  if (condition) return [];
  switch (body.kind) {
    case "call":
      return body.call.kind === "function" ? [body.call.name] : [];
    case "do":
    case "try":
      return alwaysCalledIn(body.tasks);
    case "fork":
      return body.branches.tasks.flatMap(alwaysCalled);
    default:
      return [];
  }
}

/** As far as the tasks follow one another for sure. */
function alwaysCalledIn({ tasks }: TaskList): string[] {
  const end = tasks.findIndex(({ body, next = "continue" }) => {
    return body.kind === "switch" || body.kind === "raise" || next !== "continue";
  });
  return tasks.slice(0, end < 0 ? tasks.length : end + 1).flatMap(alwaysCalled);
}
