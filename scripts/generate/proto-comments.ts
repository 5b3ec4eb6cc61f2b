import { fromBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

/** Numbers of the fields of descriptor.proto, of which the path of a comment consists. */
const numbers = { messages: 4, enums: 5, fields: 2, nested: 3, nestedEnums: 4, values: 2 } as const;

/**
 * Full name of a message, field, enum or value of ours → the comment before it, as one paragraph.
 *
 * @param image a serialised `FileDescriptorSet` with source info.
 */
export function protoComments(image: Uint8Array): Record<string, string> {
  const files = fromBinary(FileDescriptorSetSchema, image).file;
  const own = files.filter(({ package: name }) => name.startsWith("ai.stigmer."));
  return Object.fromEntries(own.flatMap((file) => [...commentsOf(file)]));
}

function* commentsOf(file: FileDescriptorProto): Generator<[string, string]> {
  const comments = new Map(
    file.sourceCodeInfo?.location.map(({ path, leadingComments }) => [
      path.join("."),
      leadingComments.trim().replaceAll(/\s*\n\s*/g, " "),
    ]),
  );
  for (const [name, path] of namesOf(file)) {
    const comment = comments.get(path.join("."));
    if (comment !== undefined && comment !== "" && !comment.startsWith("buf:")) {
      yield [name, comment.replace(/ ?buf:lint:ignore \w+$/, "")];
    }
  }
}

type Named = readonly [fullName: string, path: readonly number[]];

function* namesOf(file: FileDescriptorProto): Generator<Named> {
  for (const [index, message] of file.messageType.entries()) {
    yield* inMessage(message, file.package, [numbers.messages, index]);
  }
  for (const [index, type] of file.enumType.entries()) {
    yield* inEnum(type, file.package, [numbers.enums, index]);
  }
}

function* inMessage(
  message: DescriptorProto,
  scope: string,
  path: readonly number[],
): Generator<Named> {
  const name = `${scope}.${message.name}`;
  yield [name, path];
  for (const [index, field] of message.field.entries()) {
    yield [`${name}.${field.name}`, [...path, numbers.fields, index]];
  }
  for (const [index, nested] of message.nestedType.entries()) {
    yield* inMessage(nested, name, [...path, numbers.nested, index]);
  }
  for (const [index, type] of message.enumType.entries()) {
    yield* inEnum(type, name, [...path, numbers.nestedEnums, index]);
  }
}

function* inEnum(
  type: EnumDescriptorProto,
  scope: string,
  path: readonly number[],
): Generator<Named> {
  const name = `${scope}.${type.name}`;
  yield [name, path];
  for (const [index, value] of type.value.entries()) {
    yield [`${name}.${value.name}`, [...path, numbers.values, index]];
  }
}
