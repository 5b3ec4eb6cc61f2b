import { describe, expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { errorCodes, StigmerError } from "./errors.ts";
import { AgentSchema } from "./gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { ErrorInfoSchema, StatusSchema } from "./gen/google/rpc/status_pb.ts";
import { decodeStatus, encodeStatusDetails, grpcCodeOf } from "./grpc-status.ts";

const text = fc.string({ unit: "grapheme" });

describe("an error", () => {
  test("arrives as it left, whatever it says", () => {
    const violation = fc.record({ field: text, rule: text, message: text });
    const details = fc.record(
      { hint: text, requestId: text, violations: fc.array(violation, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...errorCodes), text, details, (code, message, rest) => {
        const sent = new StigmerError(code, message, rest);
        const failure = { code: grpcCodeOf[code], message, details: encodeStatusDetails(sent) };
        const { hint, requestId, violations } = decodeStatus(failure);
        expect({ hint, requestId, violations }).toEqual({
          hint: sent.hint,
          requestId: sent.requestId,
          violations: sent.violations,
        });
        expect(decodeStatus(failure)).toMatchObject({ code, message });
      }),
    );
  });

  test.each([
    [5, "not-found"],
    [10, "conflict"],
    [14, "unavailable"],
    [2, "internal"],
    [99, "internal"],
  ])("of a server without details has the code of its status (%d)", (code, expected) => {
    const found = decodeStatus({ code, message: "as it said", details: undefined });
    expect(found).toMatchObject({ code: expected, message: "as it said" });
  });

  test("whose details cannot be read has the code of its status", () => {
    const details = new Uint8Array([0xff, 0xff, 0xff]);
    const found = decodeStatus({ code: 5, message: "gone", details });
    expect(found).toMatchObject({ code: "not-found", message: "gone" });
  });

  test("with details of a newer server keeps what is known", () => {
    const status = create(StatusSchema, {
      code: 9,
      message: "a new thing",
      details: [
        anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason: "code-of-tomorrow" })),
        anyPack(AgentSchema, create(AgentSchema)),
      ],
    });
    const found = decodeStatus({
      code: 9,
      message: "",
      details: toBinary(StatusSchema, status),
    });
    expect(found).toMatchObject({ code: "failed-precondition", message: "a new thing" });
  });
});
