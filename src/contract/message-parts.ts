import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";

/** What one message of a stream holds at most. A single item that is larger stands alone. */
export interface PartLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Far below `limits.messageBytes`, and checked by its reader in some milliseconds. */
export const partLimits: PartLimits = { items: 250, bytes: 1 << 20 };

/** Divides items that do not fit one message, in their order. No items: no part. */
export function* inParts<Schema extends DescMessage>(
  schema: Schema,
  items: Iterable<MessageShape<Schema>>,
  limits: PartLimits = partLimits,
): Generator<MessageShape<Schema>[], void, undefined> {
  let part: MessageShape<Schema>[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = toBinary(schema, item).byteLength;
    if (part.length > 0 && (part.length >= limits.items || bytes + size > limits.bytes)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
