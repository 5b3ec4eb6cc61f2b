import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";

/** What one message of a stream holds at most. A single item that is larger stands alone. */
export interface PartLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Far below `limits.messageBytes`, and checked by its reader in some milliseconds. */
const usualLimits: PartLimits = { items: 250, bytes: 1 << 20 };

/** Divides items that do not fit one message, in their order. No items: no part. */
export async function* inParts<Schema extends DescMessage>(
  schema: Schema,
  items: Iterable<MessageShape<Schema>> | AsyncIterable<MessageShape<Schema>>,
  limits: PartLimits = usualLimits,
): AsyncGenerator<MessageShape<Schema>[], void, undefined> {
  let part: MessageShape<Schema>[] = [];
  let bytes = 0;
  for await (const item of items) {
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
