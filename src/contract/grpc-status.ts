import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Any, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { type ErrorCode, errorCodes, StigmerError } from "./errors.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  type Status,
  StatusSchema,
} from "./gen/google/rpc/status_pb.ts";

/** Numbers of gRPC's status codes. Source: the gRPC specification, "Status codes and their use". */
export const grpcCodeOf = {
  usage: 3,
  "invalid-argument": 3,
  "not-found": 5,
  "already-exists": 6,
  conflict: 10,
  "failed-precondition": 9,
  unauthenticated: 16,
  "permission-denied": 7,
  refused: 7,
  "limit-reached": 8,
  "resource-exhausted": 8,
  unavailable: 14,
  incompatible: 9,
  unimplemented: 12,
  "deadline-exceeded": 4,
  cancelled: 1,
  "newer-data": 9,
  "data-loss": 15,
  internal: 13,
} as const satisfies Record<ErrorCode, number>;

/** What a server that sends no details means. */
const codeOfGrpc: Readonly<Record<number, ErrorCode>> = {
  1: "cancelled",
  3: "invalid-argument",
  4: "deadline-exceeded",
  5: "not-found",
  6: "already-exists",
  7: "permission-denied",
  8: "resource-exhausted",
  9: "failed-precondition",
  10: "conflict",
  12: "unimplemented",
  14: "unavailable",
  15: "data-loss",
  16: "unauthenticated",
};

const domain = "stigmer.ai";

/** The bytes of `grpc-status-details-bin` for an error: code and hint, broken fields, request id. */
export function encodeStatusDetails(error: StigmerError): Uint8Array {
  const details: Any[] = [
    anyPack(
      ErrorInfoSchema,
      create(ErrorInfoSchema, {
        reason: error.code,
        domain,
        metadata: error.hint === undefined ? {} : { hint: error.hint },
      }),
    ),
  ];
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map(({ field, rule, message }) => ({
      field,
      reason: rule,
      description: message,
    }));
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  if (error.requestId !== undefined) {
    details.push(
      anyPack(RequestInfoSchema, create(RequestInfoSchema, { requestId: error.requestId })),
    );
  }
  return toBinary(
    StatusSchema,
    create(StatusSchema, { code: grpcCodeOf[error.code], message: error.message, details }),
  );
}

/** What a call failed with, as gRPC libraries report it. */
export interface GrpcFailure {
  readonly code: number;
  readonly message: string;
  readonly details: Uint8Array | undefined;
}

/** The error behind a failed call; a server that sends no details gets the nearest code. */
export function decodeStatus(failure: GrpcFailure): StigmerError {
  const fallback = codeOfGrpc[failure.code] ?? "internal";
  const status = failure.details && readStatus(failure.details);
  if (!status) return new StigmerError(fallback, failure.message);
  let code = fallback;
  let hint: string | undefined;
  let requestId: string | undefined;
  let violations: { field: string; rule: string; message: string }[] = [];
  for (const detail of status.details) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info) {
      code = errorCodes.find((known) => known === info.reason) ?? fallback;
      hint = info.metadata["hint"];
    }
    const badRequest = anyUnpack(detail, BadRequestSchema);
    if (badRequest) {
      violations = badRequest.fieldViolations.map(({ field, reason, description }) => ({
        field,
        rule: reason,
        message: description,
      }));
    }
    requestId = anyUnpack(detail, RequestInfoSchema)?.requestId ?? requestId;
  }
  return new StigmerError(code, status.message || failure.message, {
    violations,
    ...(hint === undefined ? {} : { hint }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

/** A server of another make may put anything there. */
function readStatus(bytes: Uint8Array): Status | undefined {
  try {
    return fromBinary(StatusSchema, bytes);
  } catch {
    return undefined;
  }
}
