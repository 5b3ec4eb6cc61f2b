import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import imagePath from "./gen/contract.binpb" with { type: "file" };

/** One file of the contract: parsed for look-ups, and the very bytes that the compiler wrote. */
export interface ImageFile {
  readonly descriptor: FileDescriptorProto;
  readonly bytes: Uint8Array;
}

/** The serialised `FileDescriptorSet` of everything in `proto/` with all its options and imports. */
export function readContractImage(): Uint8Array {
  return readFileSync(imagePath);
}

/** Finds the files of a descriptor image by what they declare. Names carry no leading dot. */
export class ContractImage {
  readonly #files = new Map<string, ImageFile>();
  readonly #fileOfSymbol = new Map<string, ImageFile>();
  readonly #fileOfExtension = new Map<string, Map<number, ImageFile>>();
  readonly #services: string[] = [];

  /** @param image a serialised `FileDescriptorSet` */
  constructor(image: Uint8Array) {
    for (const bytes of splitImage(image)) {
      const file = { descriptor: fromBinary(FileDescriptorProtoSchema, bytes), bytes };
      this.#files.set(file.descriptor.name, file);
      this.#index(file);
    }
  }

  /** Full names of the services, sorted. */
  get services(): readonly string[] {
    return this.#services.toSorted();
  }

  file(name: string): ImageFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a service, method, message, enum, enum value or extension. */
  fileOfSymbol(fullName: string): ImageFile | undefined {
    return this.#fileOfSymbol.get(fullName);
  }

  fileOfExtension(extendee: string, number: number): ImageFile | undefined {
    return this.#fileOfExtension.get(extendee)?.get(number);
  }

  /** Ascending; empty for a message that nothing extends, undefined for what is no message. */
  extensionNumbers(extendee: string): readonly number[] | undefined {
    const numbers = this.#fileOfExtension.get(extendee);
    if (numbers) return [...numbers.keys()].toSorted((left, right) => left - right);
    return this.#fileOfSymbol.has(extendee) ? [] : undefined;
  }

  /** The file first, then everything it imports, each once. */
  withImports(file: ImageFile): readonly ImageFile[] {
    const closure = new Set([file]);
    // A set visits what is added while it is walked.
    for (const { descriptor } of closure) {
      for (const name of descriptor.dependency) {
        const imported = this.#files.get(name);
        if (imported) closure.add(imported);
      }
    }
    return [...closure];
  }

  #index(file: ImageFile): void {
    const { descriptor } = file;
    const scope = descriptor.package === "" ? "" : `${descriptor.package}.`;
    for (const service of descriptor.service) {
      this.#services.push(scope + service.name);
      this.#fileOfSymbol.set(scope + service.name, file);
      for (const method of service.method) {
        this.#fileOfSymbol.set(`${scope}${service.name}.${method.name}`, file);
      }
    }
    this.#indexExtensions(file, scope, descriptor.extension);
    for (const type of descriptor.enumType) this.#indexEnum(file, scope, type);
    for (const message of descriptor.messageType) this.#indexMessage(file, scope, message);
  }

  #indexMessage(file: ImageFile, scope: string, message: DescriptorProto): void {
    this.#fileOfSymbol.set(scope + message.name, file);
    const inner = `${scope}${message.name}.`;
    this.#indexExtensions(file, inner, message.extension);
    for (const type of message.enumType) this.#indexEnum(file, inner, type);
    for (const nested of message.nestedType) this.#indexMessage(file, inner, nested);
  }

  #indexEnum(file: ImageFile, scope: string, type: EnumDescriptorProto): void {
    this.#fileOfSymbol.set(scope + type.name, file);
    for (const value of type.value) this.#fileOfSymbol.set(scope + value.name, file);
  }

  #indexExtensions(file: ImageFile, scope: string, extensions: FieldDescriptorProto[]): void {
    for (const extension of extensions) {
      this.#fileOfSymbol.set(scope + extension.name, file);
      const extendee = extension.extendee.replace(/^\./, "");
      const numbers = this.#fileOfExtension.get(extendee) ?? new Map<number, ImageFile>();
      this.#fileOfExtension.set(extendee, numbers.set(extension.number, file));
    }
  }
}

/**
 * The bytes of each file of a `FileDescriptorSet` (its field 1), not decoded and encoded again:
 * clients compare descriptors byte by byte.
 */
function* splitImage(image: Uint8Array): Generator<Uint8Array> {
  const reader = new BinaryReader(image);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) yield reader.bytes();
    else reader.skip(wireType, field);
  }
}
