import { type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import {
  type Path,
  reflect,
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
} from "@bufbuild/protobuf/reflect";
import type { Validator, Violation } from "@bufbuild/protovalidate";
import { type FieldViolation, messageOf, StigmerError } from "../../contract/errors.ts";

/** How much of a wrong value an error repeats, in characters. */
const shownValueLength = 100;

/**
 * Decodes requests and checks them against the `buf.validate` rules of the contract.
 *
 * The library is loaded at the first message, or by {@link warm}.
 */
export class RequestReader {
  #validator: Promise<Validator> | undefined;

  /** @throws StigmerError invalid-argument with a violation for each broken rule */
  async read(schema: DescMessage, bytes: Uint8Array): Promise<Message> {
    const message = decode(schema, bytes);
    const result = (await this.#load()).validate(schema, message);
    if (result.kind === "error") throw result.error;
    if (result.kind === "invalid") throw invalidRequest(schema, message, result.violations);
    return message;
  }

  /** Compiles the rules of these messages, so that no caller waits for it. */
  async warm(schemas: Iterable<DescMessage>): Promise<void> {
    const validator = await this.#load();
    for (const schema of new Set(schemas)) {
      validator.validate(schema, fromBinary(schema, new Uint8Array()));
      // The daemon answers meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #load(): Promise<Validator> {
    this.#validator ??= import("@bufbuild/protovalidate").then(({ createValidator }) =>
      createValidator(),
    );
    return this.#validator;
  }
}

function decode(schema: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new StigmerError(
      "invalid-argument",
      `the request is not a readable ${schema.typeName}: ${reason}`,
      { cause, hint: "generate the client anew from the contract of this daemon" },
    );
  }
}

function invalidRequest(
  schema: DescMessage,
  message: Message,
  broken: readonly Violation[],
): StigmerError {
  const violations = broken.map((violation) => describeViolation(schema, message, violation));
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  const summary = first ? `${first.field}: ${first.message}` : "it breaks a rule of the contract";
  return new StigmerError("invalid-argument", summary + more, { violations });
}

function describeViolation(
  schema: DescMessage,
  message: Message,
  violation: Violation,
): FieldViolation {
  const value = shownValue(reflect(schema, message), violation);
  const found = value === undefined ? "" : ` (found ${value})`;
  return {
    field: fieldPath(violation.field) || schema.name,
    rule: violation.ruleId,
    message: `${ruleText(violation)}${found}`,
  };
}

function ruleText({ field, forKey, message, ruleId }: Violation): string {
  const last = field.at(-1);
  if (last?.kind === "oneof") {
    return `needs exactly one of ${last.fields.map(({ jsonName }) => jsonName).join(", ")}`;
  }
  const text = message === "" ? `breaks the rule ${ruleId}` : message;
  return forKey ? `the key ${text}` : text;
}

/** `spec.mcpServers[2].ref`, `metadata.labels["my team"]`: the names that people write in YAML. */
function fieldPath(path: Path): string {
  return path.reduce((text, step) => {
    if (step.kind === "list_sub") return `${text}[${step.index}]`;
    if (step.kind === "map_sub") return `${text}[${JSON.stringify(String(step.key))}]`;
    if (step.kind === "oneof") return text;
    const name = step.kind === "field" ? step.jsonName : step.name;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** The value that breaks the rule, shortened; undefined when there is none or it is a secret. */
function shownValue(message: ReflectMessage, violation: Violation): string | undefined {
  const last = violation.field.at(-1);
  if (violation.forKey && last?.kind === "map_sub") return quoted(last.key);
  if (violation.field.some(isRedacted)) return undefined;
  return quoted(valueAt(message, violation.field));
}

function isRedacted(step: Path[number]): boolean {
  return step.kind === "field" && step.proto.options?.debugRedact === true;
}

/** Follows a path into plain values; undefined where it leads to nothing. */
function valueAt(root: ReflectMessage, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (step.kind === "list_sub") return (value as ReflectList).get(step.index);
    if (step.kind === "map_sub") return (value as ReflectMap).get(step.key);
    const isSet = step.kind === "field" && (value as ReflectMessage).isSet(step);
    return isSet ? (value as ReflectMessage).get(step) : undefined;
  }, root);
}

/** Only what is short by nature: of a message, list or map the path alone says enough. */
function quoted(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value !== "string" || value === "") return undefined;
  const short = value.length > shownValueLength ? `${value.slice(0, shownValueLength)}…` : value;
  return JSON.stringify(short.toWellFormed());
}
