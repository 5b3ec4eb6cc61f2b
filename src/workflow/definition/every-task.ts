import type { Task, TaskBody, TaskList } from "./task.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

/** All tasks of a definition, those of its functions and extensions too; outer ones first. */
export function everyTask({ do: list, use }: WorkflowDefinition): Task[] {
  const functions = [...(use?.functions?.values() ?? [])];
  const extensions = (use?.extensions ?? []).flatMap(({ before, after }) => [before, after]);
  return [...tasksOf(list), ...functions.flatMap(withNested), ...extensions.flatMap(tasksOf)];
}

function tasksOf(list: TaskList | undefined): Task[] {
  return (list?.tasks ?? []).flatMap(withNested);
}

function withNested(task: Task): Task[] {
  return [task, ...listsOf(task.body).flatMap(tasksOf)];
}

function listsOf(body: TaskBody): (TaskList | undefined)[] {
  switch (body.kind) {
    case "do":
    case "for":
      return [body.tasks];
    case "fork":
      return [body.branches];
    case "try":
      return [body.tasks, body.catch.tasks];
    case "listen":
      return [body.foreach?.tasks];
    default:
      return [];
  }
}
