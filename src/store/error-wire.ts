import { type ErrorCode, type FieldViolation, StigmerError } from "../contract/errors.ts";
import { type Conflict, conflictError, conflictOf } from "./conflict.ts";

/** A {@link StigmerError} as plain data, for the border between threads. */
export interface ErrorWire {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly violations: readonly FieldViolation[];
  readonly conflict: Conflict | undefined;
}

export function errorToWire(error: StigmerError): ErrorWire {
  const { code, message, hint, violations } = error;
  return { code, message, hint, violations, conflict: conflictOf(error) };
}

export function errorFromWire(wire: ErrorWire): StigmerError {
  if (wire.conflict !== undefined) return conflictError(wire.conflict, wire.message, wire.hint);
  return new StigmerError(wire.code, wire.message, {
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
    violations: wire.violations,
  });
}
