import { type ErrorCode, errorCodes, StigmerError } from "../../contract/errors.ts";

/** The daemon exits with this when another one holds the data folder. */
export const lockHeldExitCode = 73;

/**
 * The error in the line that a daemon writes to descriptor 3, in place of being ready:
 * `{"error":{"code","message","hint"}}`. A daemon that is ready writes any other JSON object.
 */
export function errorInReport(line: string): StigmerError | undefined {
  const report = JSON.parse(line) as { error?: { code: string; message: string; hint?: string } };
  if (!report.error) return undefined;
  const { code, message, hint } = report.error;
  const known: ErrorCode = errorCodes.find((candidate) => candidate === code) ?? "internal";
  return new StigmerError(known, message, hint === undefined ? {} : { hint });
}
