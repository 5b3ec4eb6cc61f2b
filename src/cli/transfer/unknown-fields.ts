import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";

/** Whether a message holds, at any depth, fields that this version does not know. */
export function hasUnknownFields(schema: DescMessage, message: Message): boolean {
  return isPartlyUnknown(reflect(schema, message));
}

function isPartlyUnknown(message: ReflectMessage): boolean {
  if ((message.getUnknown()?.length ?? 0) > 0) return true;
  // Free JSON has no fields of ours.
  if (message.desc.typeName.startsWith("google.protobuf.")) return false;
  return message.fields.some((field) =>
    messagesIn(message, field).some((inner) => isPartlyUnknown(inner as ReflectMessage)),
  );
}

function messagesIn(message: ReflectMessage, field: DescField): readonly unknown[] {
  if (!field.message || !message.isSet(field)) return [];
  if (field.fieldKind === "list") return [...message.get(field)];
  if (field.fieldKind === "map") return [...message.get(field).values()];
  return [message.get(field)];
}
