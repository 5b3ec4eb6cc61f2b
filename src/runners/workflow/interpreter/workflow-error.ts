import { ExpressionError } from "../../../workflow/expression/expression.ts";
import { standardErrorType, standardStatus } from "../../../workflow/definition/error.ts";
import { contextErrorCodes, ExecutionFailure } from "../../durable/durable-context.ts";
import { isRelease } from "../../durable/release.ts";
import {
  type WorkflowErrorValue,
  WorkflowFailure,
  workflowFailureCode,
} from "../workflow-failure.ts";

/** The error that a task failed with; `undefined` for what is no error of the workflow: a cancel, a suspension. */
export function workflowErrorOf(thrown: unknown, pointer: string): WorkflowErrorValue | undefined {
  if (isRelease(thrown)) return undefined;
  if (thrown instanceof WorkflowFailure) return { instance: pointer, ...thrown.error };
  if (thrown instanceof ExpressionError) {
    return standard("expression", thrown.message, thrown.pointer || pointer);
  }
  return thrown instanceof ExecutionFailure ? recordedError(thrown, pointer) : undefined;
}

function recordedError(failure: ExecutionFailure, pointer: string): WorkflowErrorValue | undefined {
  const { code, message, details } = failure;
  if (code === contextErrorCodes.cancelled) return undefined;
  if (code === workflowFailureCode)
    return { instance: pointer, ...(details as object) } as WorkflowErrorValue;
  if (code === contextErrorCodes.timeout) return standard("timeout", message, pointer);
  return standard("runtime", `${message} (${code})`, pointer);
}

function standard(
  name: "expression" | "timeout" | "runtime",
  detail: string,
  instance: string,
): WorkflowErrorValue {
  return { type: standardErrorType(name), status: standardStatus[name], detail, instance };
}

/** What is thrown through scopes of the durable context, and recorded by them. */
export function asFailure(error: WorkflowErrorValue): ExecutionFailure {
  const message = error.detail ?? error.title ?? error.type;
  return new ExecutionFailure({ code: workflowFailureCode, message, details: { ...error } });
}
