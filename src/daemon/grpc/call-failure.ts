import { randomBytes } from "node:crypto";
import { Metadata, type status as grpcStatus, type StatusObject } from "@grpc/grpc-js";
import { StigmerError } from "../../contract/errors.ts";
import { encodeStatusDetails, grpcCodeOf } from "../../contract/grpc-status.ts";
import type { Logger } from "../../system/log.ts";

/** What a failed call is known by in the log and at its caller. */
export interface CallIdentity {
  /** `package.Service/method`. */
  readonly method: string;
  /** Given by the client, or made for this call. */
  readonly requestId: string;
}

/** A status as grpc-js takes it: from a callback, or as the `error` event of a stream. */
export type CallFailure = Error & StatusObject;

/** gRPC's C core refuses trailers of more than 8 KB, and base64 and percent encoding add a third. */
const longestMessage = 1_000;
const longestDetails = 4_000;

/**
 * What the caller is told of an error. A {@link StigmerError} travels as it is; of anything else
 * only the number under which the log has it, never its text or stack.
 */
export function toCallFailure(thrown: unknown, call: CallIdentity, log: Logger): CallFailure {
  return statusOf(explain(thrown, call, log), call.requestId);
}

/** The gRPC status of an error, with its details as `grpc-status-details-bin`. */
export function statusOf(error: StigmerError, requestId: string | undefined): CallFailure {
  const sent = shortened(error, requestId);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(encodeStatusDetails(sent)));
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- our table has the same numbers
  const code: grpcStatus = grpcCodeOf[sent.code];
  const details = sent.message;
  return Object.assign(new Error(details), { code, details, metadata });
}

function explain(thrown: unknown, call: CallIdentity, log: Logger): StigmerError {
  if (thrown instanceof StigmerError && thrown.code !== "internal") {
    // Not its message, which may repeat what the client sent.
    log.debug("call failed", { ...call, code: thrown.code });
    return thrown;
  }
  const errorId = `err-${randomBytes(6).toString("hex")}`;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  log.error("call failed unexpectedly", { ...call, errorId, error });
  const message = thrown instanceof StigmerError ? thrown.message : "unexpected error";
  return new StigmerError("internal", `${message} (${errorId} in the log)`, {
    hint: `grep ${errorId} in the log of the daemon`,
  });
}

/** The error with as many violations as fit. */
function shortened(error: StigmerError, requestId: string | undefined): StigmerError {
  const { code, hint, violations } = error;
  const rebuilt = (count: number): StigmerError =>
    new StigmerError(code, cut(error.message, longestMessage), {
      violations: violations.slice(0, count),
      ...(hint === undefined ? {} : { hint: cut(hint, longestMessage) }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  let count = violations.length;
  while (count > 0 && encodeStatusDetails(rebuilt(count)).length > longestDetails) {
    count = Math.floor(count / 2);
  }
  return rebuilt(count);
}

/** At most `length` bytes once percent-encoded as a header, which half of a surrogate pair is not. */
function cut(text: string, length: number): string {
  const whole = text.toWellFormed();
  if (encodeURI(whole).length <= length) return whole;
  let end = Math.min(whole.length, length);
  while (encodeURI(whole.slice(0, end).toWellFormed()).length > length) {
    end = Math.floor(end * 0.8);
  }
  return `${whole.slice(0, end).toWellFormed()}…`;
}
