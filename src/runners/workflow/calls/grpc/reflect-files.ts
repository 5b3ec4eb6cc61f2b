import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Channel } from "../../../../contract/channel.ts";
import { StigmerError } from "../../../../contract/errors.ts";
import { ServerReflection } from "../../../../contract/gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../../../contract/gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { standardFailure } from "../../workflow-failure.ts";
import { orderFiles } from "./order-files.ts";

/** A contract with more files is not read: a server could go on for ever. */
const maxFiles = 1000;

export interface ReflectionOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The files of a service as its server describes them, in either version of the protocol.
 *
 * @throws WorkflowFailure configuration when the server does not know the service or is not to be
 *   asked; StigmerError when it cannot be talked to
 */
export async function reflectFiles(
  channel: Channel,
  service: string,
  options: ReflectionOptions,
): Promise<FileRegistry> {
  try {
    return await new Reflection(channel, ServerReflection, options).read(service);
  } catch (thrown) {
    if (!isUnimplemented(thrown)) throw thrown;
  }
  try {
    // The older version differs in nothing but its package.
    return await new Reflection(
      channel,
      ServerReflectionAlpha as unknown as typeof ServerReflection,
      options,
    ).read(service);
  } catch (thrown) {
    if (!isUnimplemented(thrown)) throw thrown;
    throw standardFailure(
      "configuration",
      "the server has no reflection; name its contract with proto",
    );
  }
}

function isUnimplemented(thrown: unknown): boolean {
  return thrown instanceof StigmerError && thrown.code === "unimplemented";
}

class Reflection {
  readonly #files = new Map<string, FileDescriptorProto>();

  constructor(
    readonly channel: Channel,
    readonly protocol: typeof ServerReflection,
    readonly options: ReflectionOptions,
  ) {}

  async read(service: string): Promise<FileRegistry> {
    await this.#ask({ case: "fileContainingSymbol", value: service }, `service "${service}"`);
    for (let missing = this.#missing(); missing !== undefined; missing = this.#missing()) {
      await this.#ask({ case: "fileByFilename", value: missing }, `file "${missing}"`);
      if (!this.#files.has(missing)) throw this.#broken(`does not give its file "${missing}"`);
    }
    return createFileRegistry({
      $typeName: "google.protobuf.FileDescriptorSet",
      file: orderFiles(this.#files),
    });
  }

  #missing(): string | undefined {
    if (this.#files.size > maxFiles) throw this.#broken(`has more than ${maxFiles} files`);
    return [...this.#files.values()]
      .flatMap(({ dependency }) => dependency)
      .find((name) => !this.#files.has(name));
  }

  async #ask(
    messageRequest: { case: "fileContainingSymbol" | "fileByFilename"; value: string },
    what: string,
  ): Promise<void> {
    const method = this.protocol.method.serverReflectionInfo;
    for await (const { messageResponse } of this.channel.exchange(
      method,
      [{ messageRequest }],
      this.options,
    )) {
      if (messageResponse.case === "errorResponse") {
        throw standardFailure("configuration", `the server knows no ${what}`);
      }
      if (messageResponse.case !== "fileDescriptorResponse") continue;
      for (const bytes of messageResponse.value.fileDescriptorProto) {
        const file = fromBinary(FileDescriptorProtoSchema, bytes);
        this.#files.set(file.name, file);
      }
    }
  }

  #broken(what: string): Error {
    return standardFailure("communication", `the reflection of the server ${what}`);
  }
}
