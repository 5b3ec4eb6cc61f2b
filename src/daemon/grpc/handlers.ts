import type {
  DescMessage,
  DescMethod,
  DescService,
  Message,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Principal } from "./principal.ts";

/** What a handler knows of a call besides its message. */
export interface CallContext {
  /** Aborted when the client leaves, the deadline passes or the daemon stops; the reason is a StigmerError. */
  readonly signal: AbortSignal;
  /** Absent on streams that set none; a unary call always has one. */
  readonly deadline: Date | undefined;
  readonly principal: Principal;
  /** Given by the client: retries of one request carry the same. */
  readonly requestId: string | undefined;
  readonly dryRun: boolean;
  readonly cascade: boolean;
  /** A serialised `ModelCredentials`, over the socket only. */
  readonly credentials: Uint8Array | undefined;
  readonly transport: Transport;
  /** `127.0.0.1:40112`; `socket` on the unix socket, which knows no address of its clients. */
  readonly peer: string;
}

export type Transport = "socket" | "tcp";

/** One handler for each method of a service, under its name. What they throw becomes the status. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name]>;
};

export type Handler<Method> =
  Method extends MethodOf<"unary", infer Input, infer Output>
    ? (request: MessageShape<Input>, context: CallContext) => Promise<MessageInitShape<Output>>
    : Method extends MethodOf<"server_streaming", infer Input, infer Output>
      ? (
          request: MessageShape<Input>,
          context: CallContext,
        ) => AsyncIterable<MessageInitShape<Output>>
      : Method extends MethodOf<"client_streaming", infer Input, infer Output>
        ? (
            requests: AsyncIterable<MessageShape<Input>>,
            context: CallContext,
          ) => Promise<MessageInitShape<Output>>
        : Method extends MethodOf<"bidi_streaming", infer Input, infer Output>
          ? (
              requests: AsyncIterable<MessageShape<Input>>,
              context: CallContext,
            ) => AsyncIterable<MessageInitShape<Output>>
          : never;

interface MethodOf<Kind, Input extends DescMessage, Output extends DescMessage> {
  readonly methodKind: Kind;
  readonly input: Input;
  readonly output: Output;
}

/** A service and what answers it, as the server takes it. */
export interface ServiceImplementation {
  readonly service: DescService;
  /** The handler of one of its methods. */
  readonly handlerOf: (method: DescMethod) => AnyHandler;
  /** Whether the handler checks the rules of the contract itself, to say more than that they are broken. */
  readonly checksRules?: (method: DescMethod) => boolean;
}

/** A handler whose types were checked by {@link implement}. */
export type AnyHandler = (
  request: Message | AsyncIterable<Message>,
  context: CallContext,
) => Promise<MessageInitShape<DescMessage>> | AsyncIterable<MessageInitShape<DescMessage>>;

/**
 * Pairs a service with its handlers; the compiler misses none and finds none too many. Those of
 * `checkingRules` check the rules of the contract themselves.
 */
export function implement<Service extends DescService>(
  service: Service,
  handlers: Handlers<Service>,
  checkingRules: readonly (keyof Service["method"])[] = [],
): ServiceImplementation {
  const table = handlers as unknown as Readonly<Record<string, AnyHandler>>;
  return {
    service,
    handlerOf(method) {
      const handler = table[method.localName];
      if (!handler) throw new TypeError(`no handler for ${service.typeName}/${method.name}`);
      return handler.bind(table);
    },
    checksRules: ({ localName }) => checkingRules.includes(localName),
  };
}
