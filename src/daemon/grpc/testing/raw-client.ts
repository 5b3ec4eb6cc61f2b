import { connect, type NetConnectOpts, type Socket } from "node:net";

/** A client below every gRPC library: sends what it is told and never asks for more data. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  /** Bytes that arrived so far. */
  readonly received: () => Buffer;
  /** Everything, once the server closed the connection. */
  readonly closed: Promise<Buffer>;
}

export function rawClient(target: NetConnectOpts, greeting: Uint8Array): RawClient {
  const chunks: Buffer[] = [];
  const received = (): Buffer => Buffer.concat(chunks);
  const socket = connect(target);
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = new Promise<Buffer>((resolve) => socket.once("close", () => resolve(received())));
  socket.write(greeting);
  return { socket, received, closed, [Symbol.dispose]: () => socket.destroy() };
}

/**
 * One gRPC call as frames of HTTP/2: preface, settings, headers without compression, one message.
 * The window for answers stays at its first 64 KB. Source: RFC 9113, RFC 7541 section 6.2.2.
 */
export function rawCall(path: string, message: Uint8Array): Buffer {
  const headers = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "localhost",
  };
  const grpc = { "content-type": "application/grpc", te: "trailers" };
  const block = Buffer.concat(Object.entries({ ...headers, ...grpc }).map(headerField));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame({ type: 4, flags: 0, stream: 0, payload: Buffer.alloc(0) }),
    frame({ type: 4, flags: 1, stream: 0, payload: Buffer.alloc(0) }),
    frame({ type: 1, flags: 4, stream: 1, payload: block }),
    frame({ type: 0, flags: 1, stream: 1, payload: Buffer.concat([prefix, message]) }),
  ]);
}

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

function frame({ type, flags, stream, payload }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function headerField([name, value]: [string, string]): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}
