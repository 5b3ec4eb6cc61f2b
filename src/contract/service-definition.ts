import {
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";

/** What grpc-js needs to know of one method; made from a descriptor instead of a `.proto` text. */
export interface MethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: Message) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Message;
  readonly responseSerialize: (message: Message) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Message;
}

export function methodDefinition(method: DescMethod): MethodDefinition {
  const { input, output } = method;
  return {
    path: methodPath(method),
    requestStream:
      method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream:
      method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: (message) => bufferOf(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => bufferOf(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}

/** Method name → definition, as `grpc.Server.addService` takes it. */
export function serviceDefinition(service: DescService): Record<string, MethodDefinition> {
  return Object.fromEntries(
    service.methods.map((method) => [method.name, methodDefinition(method)]),
  );
}

/** `/package.Service/method`. */
export function methodPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
