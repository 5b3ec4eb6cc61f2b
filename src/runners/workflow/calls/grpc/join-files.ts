import { createFileRegistry, type DescFile, type FileRegistry } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { standardFailure } from "../../workflow-failure.ts";
import { orderFiles } from "./order-files.ts";

/** What protobuf itself brings, with the JSON forms that it has of its own. */
const wellKnown: readonly DescFile[] = [
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
];

const wellKnownPackage = "google.protobuf";

/**
 * One registry of files as the proto loader gives them. It makes one file of each package, writes
 * names of types relative to where they are used, calls the type of a map like its field, leaves out
 * what a file imports and does not mark optional fields. All of that is put right here.
 *
 * @throws WorkflowFailure configuration for a relative name that could mean two types, and for
 *   packages that need one another
 */
export function joinFiles(files: readonly FileDescriptorProto[]): FileRegistry {
  const own = files.filter((file) => file.package !== wellKnownPackage);
  for (const message of own.flatMap((file) => file.messageType)) repairMaps(message);
  const fileOf = new Map([
    ...wellKnown.flatMap(({ proto, messages, enums }) =>
      [...messages, ...enums].map((type) => [type.typeName, proto.name] as const),
    ),
    ...own.flatMap((file) => namesOf(file).map((name) => [name, file.name] as const)),
  ]);
  for (const file of own) repairFile(file, fileOf);
  const all = [...wellKnown.map(({ proto }) => proto), ...own];
  const ordered = orderFiles(new Map(all.map((file) => [file.name, file])));
  return createFileRegistry({ $typeName: "google.protobuf.FileDescriptorSet", file: ordered });
}

function repairFile(file: FileDescriptorProto, fileOf: ReadonlyMap<string, string>): void {
  const within = file.package === "" ? "" : `${file.package}.`;
  for (const message of file.messageType) repairMessage(message, within + message.name, fileOf);
  const methods = file.service.flatMap((service) => service.method);
  const used = [
    ...file.messageType.flatMap(usedTypes),
    ...methods.flatMap(({ inputType, outputType }) => [inputType, outputType]),
  ];
  const imports = used.flatMap((name) => fileOf.get(name.replace(/^\./, "")) ?? []);
  file.dependency = [...new Set(imports)].filter((name) => name !== file.name);
}

function usedTypes({ field, nestedType }: DescriptorProto): string[] {
  return [...field.map(({ typeName }) => typeName), ...nestedType.flatMap(usedTypes)];
}

function namesOf({ package: name, messageType, enumType }: FileDescriptorProto): string[] {
  return namesIn(messageType, enumType, name === "" ? "" : `${name}.`);
}

/** Before anything is looked up by name: an entry of a map is no type that a field can mean. */
function repairMaps(message: DescriptorProto): void {
  for (const entry of message.nestedType) {
    repairMaps(entry);
    if (entry.options?.mapEntry !== true) continue;
    const field = message.field.find(
      (one) => isRepeated(one) && upperFirst(one.name) === entry.name,
    );
    if (field) field.typeName = entry.name + entryMark;
    entry.name += entryMark;
  }
}

/** No type that a person writes is called so. */
const entryMark = "EntryOfThisMap";

function namesIn(
  messages: readonly DescriptorProto[],
  enums: readonly EnumDescriptorProto[],
  within: string,
): string[] {
  return [
    ...enums.map(({ name }) => within + name),
    ...messages.flatMap((message) => {
      const full = within + message.name;
      return [full, ...namesIn(message.nestedType, message.enumType, `${full}.`)];
    }),
  ];
}

function repairMessage(
  message: DescriptorProto,
  full: string,
  known: ReadonlyMap<string, string>,
): void {
  for (const field of message.field) {
    if (field.typeName !== "") field.typeName = `.${resolved(field.typeName, full, known)}`;
    field.jsonName = jsonNameOf(field.name);
    markOptional(field, message);
  }
  for (const nested of message.nestedType) repairMessage(nested, `${full}.${nested.name}`, known);
}

/** As protoc makes it. A `json_name` of the file is lost on the way here. */
function jsonNameOf(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}

/** An optional field stands alone in a group that is called like it. */
function markOptional(field: FieldDescriptorProto, message: DescriptorProto): void {
  const group = message.oneofDecl[field.oneofIndex];
  const isIn = Object.hasOwn(field, "oneofIndex") && group?.name === `_${field.name}`;
  if (isIn) field.proto3Optional = true;
}

function resolved(name: string, within: string, known: ReadonlyMap<string, string>): string {
  if (name.startsWith(".")) return name.slice(1);
  const parts = within.split(".");
  const scopes = parts.map((_, index) => `${parts.slice(0, parts.length - index).join(".")}.`);
  const found = [...scopes, ""]
    .map((scope) => scope + name)
    .filter((candidate) => known.has(candidate));
  const [only, other] = new Set(found);
  if (only !== undefined && (other === undefined || name.endsWith(entryMark))) return only;
  const why = only === undefined ? "is not known" : `could be ${only} or ${other}`;
  throw standardFailure(
    "configuration",
    `the type ${name} in ${within} ${why}; leave proto out where the server has reflection`,
  );
}

function isRepeated({ label, type }: FieldDescriptorProto): boolean {
  return (
    label === FieldDescriptorProto_Label.REPEATED && type === FieldDescriptorProto_Type.MESSAGE
  );
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
