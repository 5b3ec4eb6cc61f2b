import { type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A serialised message with one of its message fields replaced; nothing else of it is decoded. */
export function replaceField(
  schema: DescMessage,
  bytes: Uint8Array,
  field: { readonly name: string; readonly value: Message },
): Uint8Array {
  const found = schema.field[field.name];
  if (found?.fieldKind !== "message") throw new Error(`${schema.typeName} has no ${field.name}`);
  const value = toBinary(found.message, field.value);
  const replaced = new BinaryWriter().tag(found.number, WireType.LengthDelimited).bytes(value);
  return Buffer.concat([...otherFields(bytes, found.number), replaced.finish()]);
}

function* otherFields(bytes: Uint8Array, left: number): Generator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (number !== left) yield bytes.subarray(start, reader.pos);
  }
}
