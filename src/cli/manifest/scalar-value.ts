import { type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** A scalar in proto3 JSON, or what it should have been: `text`, `a whole number`. */
export type ScalarReading =
  | { readonly kind: "value"; readonly json: JsonValue }
  | { readonly kind: "wrong"; readonly expected: string };

/** Reads what YAML holds as a scalar of the contract. */
export function readScalarValue(type: ScalarType, value: unknown): ScalarReading {
  switch (type) {
    case ScalarType.STRING:
      return typeof value === "string" ? valued(value) : wrong("text");
    case ScalarType.BYTES:
      return typeof value === "string" ? valued(value) : wrong("text in base64");
    case ScalarType.BOOL:
      return typeof value === "boolean" ? valued(value) : wrong("true or false");
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      if (typeof value !== "number") return wrong("a number");
      return valued(Number.isFinite(value) ? value : String(value));
    default:
      return readInteger(type, value);
  }
}

/** 64 bits do not fit a number: there digits may be written as text, as proto3 JSON does. */
function readInteger(type: ScalarType, value: unknown): ScalarReading {
  const [least, most] = rangeOf(type);
  const digits = typeof value === "string" && /^-?\d{1,20}$/.test(value) ? value : undefined;
  if (digits === undefined && !(typeof value === "number" && Number.isInteger(value))) {
    return wrong("a whole number");
  }
  const number = BigInt(digits ?? (value as number));
  if (number < least || number > most) return wrong(`a whole number from ${least} to ${most}`);
  return valued(String(number));
}

function rangeOf(type: ScalarType): readonly [bigint, bigint] {
  switch (type) {
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return [0n, 2n ** 32n - 1n];
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return [0n, 2n ** 64n - 1n];
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return [-(2n ** 63n), 2n ** 63n - 1n];
    default:
      return [-(2n ** 31n), 2n ** 31n - 1n];
  }
}

function valued(json: JsonValue): ScalarReading {
  return { kind: "value", json };
}

function wrong(expected: string): ScalarReading {
  return { kind: "wrong", expected };
}
