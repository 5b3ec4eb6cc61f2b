import type { FieldViolation } from "../../contract/errors.ts";
import { bold, dim, red } from "./colour.ts";
import type { TextStyle } from "./output.ts";

/** What is shown of an error: a `StigmerError`, or the error that an execution ended with. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly violations?: readonly FieldViolation[];
  readonly requestId?: string | undefined;
}

/** An error for people: `error: what`, the fields it is about, `hint: what to do`. */
export function renderError(error: ReportedError, style: TextStyle): string {
  const lines = [
    `${red(bold("error:", style), style)} ${error.message}`,
    ...(error.violations ?? [])
      .map(({ field, message }) => `${field}: ${message}`)
      // Of a single one the error itself says it already.
      .filter((line) => line !== error.message)
      .map((line) => `  ${line}`),
    ...(error.hint === undefined ? [] : [`${dim("hint:", style)} ${error.hint}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** An error for programs: one line of JSON. */
export function renderErrorJson(error: ReportedError): string {
  const { code, message, hint, violations = [], requestId } = error;
  return `${JSON.stringify({
    error: {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      details: violations,
      ...(requestId === undefined ? {} : { requestId }),
    },
  })}\n`;
}
