import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { StigmerError } from "./errors.ts";
import { decodeStatus } from "./grpc-status.ts";
import { metadataKeys } from "./metadata-keys.ts";
import { methodDefinition } from "./service-definition.ts";
import { type ChannelTls, serverNameOptions, tlsCredentials } from "./tls-credentials.ts";

export interface ChannelTarget {
  /** `unix:/path` or `host:port`. */
  readonly address: string;
  /** Sent as a bearer token. */
  readonly token?: string;
  /** Metadata of every call. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Absent: clear text, as every local transport is. */
  readonly tls?: ChannelTls;
  /** In bytes; absent: {@link largestMessageBytes}. */
  readonly largestAnswerBytes?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds from now. */
  readonly timeoutMs?: number;
  readonly metadata?: Readonly<Record<string, string | Uint8Array>>;
}

/** An open two-way stream: `write` resolves when the message left, reading ends with the stream. */
export interface DuplexCall<I extends DescMessage, O extends DescMessage> extends AsyncIterable<
  MessageShape<O>
> {
  write(message: MessageInitShape<I>): Promise<void>;
  /** No more messages from this side. */
  end(): void;
  cancel(): void;
}

/**
 * What a client of ours sends and takes at once. More than a server allows its users: what a runner
 * records of one turn may hold a message of the largest size several times, and images.
 */
export const largestMessageBytes = 64 << 20;

const channelOptions: grpc.ChannelOptions = {
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  // The library would share one connection among the channels to one address.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.max_receive_message_length": largestMessageBytes,
  "grpc.max_send_message_length": largestMessageBytes,
};

/** What is not encrypted goes to its address itself, through no proxy of the environment. */
function clearTextOptions(address: string): grpc.ChannelOptions {
  const direct = { "grpc.enable_http_proxy": 0 };
  return address.startsWith("unix:")
    ? { ...direct, "grpc.default_authority": "localhost" }
    : direct;
}

/**
 * One connection to a daemon or server, for every service of the contract. Every failure is a
 * {@link StigmerError}; nobody listening is `unavailable` at once.
 */
export class Channel implements Disposable {
  readonly #client: grpc.Client;
  readonly #target: ChannelTarget;

  constructor(target: ChannelTarget) {
    const { address, tls, largestAnswerBytes = largestMessageBytes } = target;
    this.#client = new grpc.Client(
      address,
      tls ? tlsCredentials(tls, address) : grpc.credentials.createInsecure(),
      {
        ...channelOptions,
        "grpc.max_receive_message_length": largestAnswerBytes,
        ...(tls ? serverNameOptions(address) : clearTextOptions(address)),
      },
    );
    this.#target = target;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const definition = methodDefinition(method);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest<Message, Message>(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        create(method.input, request),
        this.#metadata(options),
        callOptions(options),
        (error, response) => {
          aborting[Symbol.dispose]();
          if (error) reject(fromServiceError(error));
          else resolve(response as MessageShape<O>);
        },
      );
      const aborting = cancelOnAbort(call, options.signal);
    });
  }

  /** Ends the call when the reader leaves the loop. */
  async *serverStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const definition = methodDefinition(method);
    const call = this.#client.makeServerStreamRequest<Message, Message>(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      create(method.input, request),
      this.#metadata(options),
      callOptions(options),
    );
    yield* readAll<O>(call, options.signal);
  }

  async clientStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodClientStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const definition = methodDefinition(method);
    const answer = Promise.withResolvers<MessageShape<O>>();
    const call = this.#client.makeClientStreamRequest<Message, Message>(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      this.#metadata(options),
      callOptions(options),
      (error, response) => {
        if (error) answer.reject(fromServiceError(error));
        else answer.resolve(response as MessageShape<O>);
      },
    );
    using _ = cancelOnAbort(call, options.signal);
    let broken: { readonly reason: unknown } | undefined;
    sendAll(call, method.input, requests).catch((reason: unknown) => {
      broken = { reason };
      call.cancel();
    });
    try {
      return await answer.promise;
    } catch (thrown) {
      // What the server said comes first; a cancel of ours says only that the requests ended badly.
      throw broken && isCancelled(thrown) ? broken.reason : thrown;
    }
  }

  /** Sends all requests while the answers are read. Ends the call when the reader leaves the loop. */
  async *exchange<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    requests: Iterable<MessageInitShape<I>> | AsyncIterable<MessageInitShape<I>>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const call = this.duplex(method, options);
    let broken: { readonly reason: unknown } | undefined;
    const send = async (): Promise<void> => {
      for await (const request of requests) await call.write(request);
      call.end();
    };
    send().catch((reason: unknown) => {
      broken = { reason };
      call.cancel();
    });
    try {
      yield* call;
    } catch (thrown) {
      throw broken && isCancelled(thrown) ? broken.reason : thrown;
    }
  }

  duplex<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    options: CallOptions = {},
  ): DuplexCall<I, O> {
    const definition = methodDefinition(method);
    const call = this.#client.makeBidiStreamRequest<Message, Message>(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      this.#metadata(options),
      callOptions(options),
    );
    return {
      write: (message) => writeTo(call, create(method.input, message)),
      end: () => call.end(),
      cancel: () => call.cancel(),
      [Symbol.asyncIterator]: () => readAll<O>(call, options.signal),
    };
  }

  #metadata(options: CallOptions): grpc.Metadata {
    const metadata = new grpc.Metadata();
    const { token, metadata: fixed } = this.#target;
    if (token !== undefined) metadata.set(metadataKeys.authorization, `Bearer ${token}`);
    for (const [key, value] of Object.entries({ ...fixed, ...options.metadata })) {
      metadata.set(key, typeof value === "string" ? value : Buffer.from(value));
    }
    return metadata;
  }
}

/** Any method by its descriptor: what `stigmer api` needs. Requests and answers are messages. */
export function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === "unary";
}

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof StigmerError && thrown.code === "cancelled";
}

async function* readAll<O extends DescMessage>(
  call: grpc.ClientReadableStream<Message> | grpc.ClientDuplexStream<Message, Message>,
  signal: AbortSignal | undefined,
): AsyncGenerator<MessageShape<O>, void, undefined> {
  using _ = cancelOnAbort(call, signal);
  let ended = false;
  try {
    for await (const message of call) yield message as MessageShape<O>;
    ended = true;
  } catch (thrown) {
    ended = true;
    throw fromServiceError(thrown as grpc.ServiceError);
  } finally {
    if (!ended) {
      // The library reports our own cancel as an error event; nobody is left to hear it.
      call.on("error", () => {});
      call.cancel();
    }
  }
}

async function sendAll<I extends DescMessage>(
  call: grpc.ClientWritableStream<Message>,
  schema: I,
  requests: AsyncIterable<MessageInitShape<I>>,
): Promise<void> {
  for await (const request of requests) await writeTo(call, create(schema, request));
  call.end();
}

function writeTo(stream: grpc.ClientWritableStream<Message>, message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(message, (error?: Error | null) => {
      if (error) reject(new StigmerError("unavailable", error.message, { cause: error }));
      else resolve();
    });
  });
}

function callOptions(options: CallOptions): grpc.CallOptions {
  return options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs };
}

/** Disposed when the call is over: a signal may outlive many calls. */
function cancelOnAbort(call: { cancel(): void }, signal: AbortSignal | undefined): Disposable {
  const cancel = (): void => call.cancel();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", cancel) };
}

function fromServiceError(error: grpc.ServiceError): StigmerError {
  const details = error.metadata?.get("grpc-status-details-bin")[0];
  return decodeStatus({
    code: error.code ?? grpc.status.UNKNOWN,
    message: error.details ?? error.message,
    details: details instanceof Uint8Array ? details : undefined,
  });
}
