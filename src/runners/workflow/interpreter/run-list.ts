import type { Json } from "../../../contract/json.ts";
import type { TaskList } from "../../../workflow/definition/task.ts";
import type { Flow, Frame, ListResult } from "./frame.ts";

/** Where a list is: the data before its next task. */
interface Position {
  readonly index: number;
  readonly data: Json;
  readonly context: Json;
  readonly end?: ListResult["directive"];
}

/** Runs the tasks of a list from its first, along `then`. */
export async function runList(frame: Frame, list: TaskList, flow: Flow): Promise<ListResult> {
  const start: Position = { index: 0, ...flow };
  const last = leadsBack(list)
    ? await frame.durable.loop("list", start, async (durable, position) => {
        const state = await runForward({ ...frame, durable }, list, position);
        return { state, isLast: state.end !== undefined };
      })
    : await runForward(frame, list, start);
  return { data: last.data, context: last.context, directive: last.end ?? "continue" };
}

/** Until the end, or to where it goes back: a turn of its own, so that a loop of years resumes at once. */
async function runForward(frame: Frame, list: TaskList, start: Position): Promise<Position> {
  let { index, data, context } = start;
  for (let task = list.tasks[index]; task; task = list.tasks[index]) {
    await frame.run.pace.rest();
    const result = await frame.run.runTask(frame, task, { data, context });
    ({ data, context } = result);
    if (result.next === "exit" || result.next === "end") {
      return { index, data, context, end: result.next };
    }
    const next =
      result.next === "continue" ? index + 1 : (list.indexOf.get(result.next) ?? index + 1);
    if (next <= index) return { index: next, data, context };
    index = next;
  }
  return { index, data, context, end: "continue" };
}

/** Whether some task of the list can be followed by itself or an earlier one. */
function leadsBack({ tasks, indexOf }: TaskList): boolean {
  return tasks.some(({ next, body }, index) => {
    const cases = body.kind === "switch" ? body.cases.map((one) => one.next) : [];
    const caught = body.kind === "try" ? body.catch.next : undefined;
    return [next, caught, ...cases].some(
      (name) => name !== undefined && (indexOf.get(name) ?? Infinity) <= index,
    );
  });
}
