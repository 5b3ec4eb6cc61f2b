import { ExecutionFailure } from "../durable/durable-context.ts";

const limits = {
  turns: { field: "maxTurns", unit: "turns" },
  "tool-calls": { field: "maxToolCalls", unit: "tool calls" },
  time: { field: "timeoutSeconds", unit: "seconds" },
} as const;

/** The failure of an execution that used up one of its limits; codes `limit-turns`, … */
export function limitReached(limit: keyof typeof limits, value: number): ExecutionFailure {
  const { field, unit } = limits[limit];
  return new ExecutionFailure({
    code: `limit-${limit}`,
    message: `the limit of ${value} ${unit} was reached`,
    hint: `Raise spec.limits.${field} of the agent when it needs more, or make its task smaller.`,
  });
}
