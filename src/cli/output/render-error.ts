import type { StigmerError } from "../../contract/errors.ts";
import { bold, dim, red } from "./colour.ts";
import { withoutControls } from "./display-width.ts";
import type { TextStyle } from "./output.ts";

/** An error for people: `error: what`, the fields it is about, `hint: what to do`. */
export function renderError(error: StigmerError, style: TextStyle): string {
  const lines = [
    `${red(bold("error:", style), style)} ${error.message}`,
    ...error.violations.map(({ field, message }) => `  ${field}: ${message}`),
    ...(error.hint === undefined ? [] : [`${dim("hint:", style)} ${error.hint}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** An error for programs: one line of JSON. */
export function renderErrorJson(error: StigmerError): string {
  const { code, message, hint, violations, requestId } = error;
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

/** Text of others on a terminal; what the program itself wrote may hold colours. */
export function plainText(text: string, style: TextStyle): string {
  return style.terminal ? withoutControls(text) : text;
}
