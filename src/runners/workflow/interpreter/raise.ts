import type { Json } from "../../../contract/json.ts";
import type { ErrorDefinition, RaisedError } from "../../../workflow/definition/error.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { standardFailure, WorkflowFailure } from "../workflow-failure.ts";
import type { Visit } from "./frame.ts";
import { scopeOfVisit } from "./scopes.ts";

/** The error that a task raises. */
export function raise(visit: Visit, raised: RaisedError): WorkflowFailure {
  const { frame, task } = visit;
  const definition =
    raised.kind === "written" ? raised.error : frame.run.definition.use?.errors?.get(raised.name);
  if (!definition)
    return standardFailure("configuration", "the error that is raised is not declared");
  return failureOf(definition, scopeOfVisit(visit), task.pointer);
}

function failureOf(
  definition: ErrorDefinition,
  scope: EvaluationScope,
  pointer: string,
): WorkflowFailure {
  const { type, status, title, detail, instance } = definition;
  return new WorkflowFailure({
    type: textOf(type, scope),
    status: statusOf(status, scope),
    ...(title ? { title: textOf(title, scope) } : {}),
    ...(detail ? { detail: textOf(detail, scope) } : {}),
    instance: instance ?? pointer,
  });
}

function textOf(template: Template, scope: EvaluationScope): string {
  const value = evaluateTemplate(template, scope);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function statusOf(status: Template | number, scope: EvaluationScope): number {
  const value: Json = typeof status === "number" ? status : evaluateTemplate(status, scope);
  const number = Number(value);
  if (Number.isInteger(number) && number >= 100 && number <= 599) return number;
  throw standardFailure(
    "expression",
    `the status of an error is ${JSON.stringify(value)}, not 100 to 599`,
  );
}
