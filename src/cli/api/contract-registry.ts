import { createFileRegistry, fromBinary, type FileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import imagePath from "../../contract/gen/contract.binpb" with { type: "file" };

/** Every message and service of the contract, read from the embedded descriptor image. */
export async function contractRegistry(): Promise<FileRegistry> {
  const image = await Bun.file(imagePath).bytes();
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
}
