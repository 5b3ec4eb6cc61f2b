import { type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { Validator, Violation } from "@bufbuild/protovalidate";
import { messageOf, StigmerError } from "../../contract/errors.ts";
import { describeViolation, fieldPath } from "./field-violation.ts";
import { CollectionLimits, type OversizedCollection } from "./collection-limits.ts";

/** How many broken rules of one request are described; the others are counted. */
const describedViolations = 50;

/**
 * Decodes requests and checks them against the `buf.validate` rules of the contract.
 *
 * The library is loaded at the first message, or by {@link warm}.
 */
export class RequestReader {
  readonly #limits = new CollectionLimits();
  #validator: Promise<Validator> | undefined;

  /** @throws StigmerError invalid-argument with a violation for each broken rule */
  async read(schema: DescMessage, bytes: Uint8Array): Promise<Message> {
    const message = this.decodeBounded(schema, bytes);
    // No fields, no rules: the first question of a command is one of these.
    if (schema.fields.length === 0) return message;
    const result = (await this.#load()).validate(schema, message);
    if (result.kind === "error") throw result.error;
    if (result.kind === "invalid") throw invalidRequest(schema, message, result.violations);
    return message;
  }

  /**
   * Without the rules but those of how much there may be, for a handler that checks the others.
   *
   * @throws StigmerError invalid-argument
   */
  decodeBounded(schema: DescMessage, bytes: Uint8Array): Message {
    const message = this.decode(schema, bytes);
    if (schema.fields.length === 0) return message;
    const oversized = this.#limits.findOversized(reflect(schema, message));
    if (oversized) throw tooManyEntries(oversized);
    return message;
  }

  /**
   * Without the rules, for a caller that keeps them.
   *
   * @throws StigmerError invalid-argument for bytes that are no such message
   */
  decode(schema: DescMessage, bytes: Uint8Array): Message {
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

function tooManyEntries({ path, rule, size, limit }: OversizedCollection): StigmerError {
  const field = fieldPath(path);
  const message = `must contain no more than ${limit} entries (found ${size})`;
  const violations = [{ field, rule, message }];
  return new StigmerError("invalid-argument", `${field}: ${message}`, { violations });
}

function invalidRequest(
  schema: DescMessage,
  message: Message,
  broken: readonly Violation[],
): StigmerError {
  const root = reflect(schema, message);
  const described = broken.slice(0, describedViolations);
  const violations = described.map((violation) => describeViolation(root, violation));
  const [first] = violations;
  const more = broken.length > 1 ? ` (and ${broken.length - 1} more)` : "";
  const summary = first ? `${first.field}: ${first.message}` : "it breaks a rule of the contract";
  return new StigmerError("invalid-argument", summary + more, { violations });
}
