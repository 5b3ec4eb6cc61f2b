import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions, Channel } from "../../contract/channel.ts";
import { toStigmerError } from "../../contract/errors.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { callerEnvironment, type Variables } from "../../system/environment.ts";
import type { Terminal } from "../terminal.ts";
import { callerCredentials } from "./caller-credentials.ts";
import { chosenContext } from "./chosen-context.ts";
import { localContext } from "./context-record.ts";
import { type Reached, reachContext } from "./reach-context.ts";
import type { Standalone } from "./standalone.ts";

export interface DaemonConnectionOptions {
  /** Asked with the first call: throws where there is no data folder. */
  readonly located: { readonly folder: DataFolder };
  readonly variables: Variables;
  /** Ends every call. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Start the daemon when none runs. */
  readonly mayStart: boolean;
  /** The daemon is for this command alone. */
  readonly standalone?: Standalone | undefined;
  /** `--context`: whom the command talks to, this once. */
  readonly context?: string | undefined;
}

export interface DaemonCallOptions extends CallOptions {
  /** The call may use the caller's own keys of model providers, where they may travel. */
  readonly lendsCredentials?: true;
}

/** No single call of the CLI takes longer, unless it says so. */
const callTimeoutMs = 30_000;

/**
 * The connection of one command to the daemon of its data folder, or to the server of its context:
 * made with the first call, which starts the daemon if need be. No other code knows which it is.
 */
export class DaemonConnection implements AsyncDisposable {
  readonly #options: DaemonConnectionOptions;
  #reached: Promise<Reached> | undefined;
  #wasReached = false;

  constructor(options: DaemonConnectionOptions) {
    this.#options = options;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /**
   * @throws StigmerError of the call; `unavailable` when nobody can be reached or started;
   * `incompatible` when it is of another version.
   */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: DaemonCallOptions = {},
  ): Promise<MessageShape<O>> {
    const reached = await this.#reach();
    const callOptions = this.#callOptions(reached, options, callTimeoutMs);
    try {
      return await reached.channel.unary(method, request, callOptions);
    } catch (thrown) {
      throw await reached.explain(toStigmerError(thrown));
    }
  }

  /** Runs until the stream ends, the reader leaves or the command is interrupted. */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    options: DaemonCallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const reached = await this.#reach();
    const callOptions = this.#callOptions(reached, options, undefined);
    try {
      yield* reached.channel.serverStream(method, request, callOptions);
    } catch (thrown) {
      throw await reached.explain(toStigmerError(thrown));
    }
  }

  /** Sends all requests, then gives the answer. Takes as long as there is something to send. */
  async upload<I extends DescMessage, O extends DescMessage>(
    method: DescMethodClientStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
  ): Promise<MessageShape<O>> {
    const reached = await this.#reach();
    try {
      const callOptions = this.#callOptions(reached, {}, undefined);
      return await reached.channel.clientStream(method, requests, callOptions);
    } catch (thrown) {
      throw await reached.explain(toStigmerError(thrown));
    }
  }

  /** {@link stream} of a method that takes a stream too. */
  async *exchange<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    requests: Iterable<MessageInitShape<I>> | AsyncIterable<MessageInitShape<I>>,
    options: DaemonCallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const reached = await this.#reach();
    const callOptions = this.#callOptions(reached, options, undefined);
    try {
      yield* reached.channel.exchange(method, requests, callOptions);
    } catch (thrown) {
      throw await reached.explain(toStigmerError(thrown));
    }
  }

  /**
   * Another connection to the same daemon, for calls while a long stream of this one is read: what
   * waits there to be read takes up the connection, and the calls would wait for ever.
   */
  beside(): DaemonConnection {
    const other = new DaemonConnection(this.#options);
    other.#wasReached = true;
    return other;
  }

  async channel(): Promise<Channel> {
    return (await this.#reach()).channel;
  }

  /** Whether the caller has keys that may travel on this connection. */
  async hasCredentialsToLend(): Promise<boolean> {
    return Object.keys(this.#credentials(await this.#reach())).length > 0;
  }

  /** Forgets the connection: the next call makes a new one. For when the daemon went away. */
  async reset(): Promise<void> {
    await this.#close();
  }

  #reach(): Promise<Reached> {
    this.#reached ??= this.#connect();
    return this.#reached;
  }

  async #connect(): Promise<Reached> {
    const { located, variables, standalone } = this.#options;
    const given = standalone ? localContext : this.#options.context;
    const { folder } = located;
    const name = await chosenContext({ folder, variables, given });
    const reached = await reachContext(name, {
      ...this.#options,
      folder,
      again: this.#wasReached,
    });
    this.#wasReached = true;
    return reached;
  }

  async #close(): Promise<void> {
    const reached = this.#reached;
    this.#reached = undefined;
    // A connection that was never made has nothing to close, and its caller heard why.
    const made = await reached?.catch(() => undefined);
    made?.channel[Symbol.dispose]();
  }

  #credentials({ takesCredentials }: Reached): Record<string, Uint8Array> {
    return takesCredentials ? callerCredentials(callerEnvironment(this.#options.variables)) : {};
  }

  #callOptions(
    reached: Reached,
    { lendsCredentials, ...options }: DaemonCallOptions,
    timeoutMs: number | undefined,
  ): CallOptions {
    const limit = options.timeoutMs ?? timeoutMs;
    const lent = lendsCredentials === true ? this.#credentials(reached) : {};
    return {
      signal: this.#options.signal,
      ...options,
      metadata: { ...options.metadata, ...lent },
      ...(limit === undefined ? {} : { timeoutMs: limit }),
    };
  }
}
