import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions, Channel } from "../../contract/channel.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import type { Variables } from "../../system/environment.ts";
import { buildId, version } from "../../system/version.ts";
import type { Terminal } from "../terminal.ts";
import { connectOrStart } from "./connect-or-start.ts";
import { checkBuild } from "./check-build.ts";

export interface DaemonConnectionOptions {
  /** Asked with the first call: throws where there is no data folder. */
  readonly located: { readonly folder: DataFolder };
  readonly variables: Variables;
  /** Ends every call. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Start the daemon when none runs. */
  readonly mayStart: boolean;
}

/** No single call of the CLI takes longer, unless it says so. */
const callTimeoutMs = 30_000;

/**
 * The connection of one command to the daemon of its data folder: made with the first call, which
 * starts the daemon if need be.
 */
export class DaemonConnection implements AsyncDisposable {
  readonly #options: DaemonConnectionOptions;
  #channel: Promise<Channel> | undefined;

  constructor(options: DaemonConnectionOptions) {
    this.#options = options;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /**
   * @throws StigmerError of the call; `unavailable` when no daemon can be reached or started;
   * `incompatible` when it is of another version.
   */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const channel = await this.channel();
    return await channel.unary(method, request, this.#callOptions(options, callTimeoutMs));
  }

  /** Runs until the stream ends, the reader leaves or the command is interrupted. */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const channel = await this.channel();
    yield* channel.serverStream(method, request, this.#callOptions(options, undefined));
  }

  /** {@link stream} of a method that takes a stream too. */
  async *exchange<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    requests: Iterable<MessageInitShape<I>> | AsyncIterable<MessageInitShape<I>>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const channel = await this.channel();
    yield* channel.exchange(method, requests, this.#callOptions(options, undefined));
  }

  channel(): Promise<Channel> {
    this.#channel ??= this.#connect();
    return this.#channel;
  }

  /** Forgets the connection: the next call makes a new one. For when the daemon went away. */
  async reset(): Promise<void> {
    await this.#close();
  }

  async #connect(): Promise<Channel> {
    const { terminal, located } = this.#options;
    const connected = await connectOrStart({ ...this.#options, folder: located.folder });
    const warning = checkBuild(connected.version, { version, buildId });
    if (warning !== undefined) terminal.warn(warning);
    return connected.channel;
  }

  async #close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    // A connection that was never made has nothing to close, and its caller heard why.
    const made = await channel?.catch(() => undefined);
    made?.[Symbol.dispose]();
  }

  #callOptions(options: CallOptions, timeoutMs: number | undefined): CallOptions {
    const limit = options.timeoutMs ?? timeoutMs;
    return {
      signal: this.#options.signal,
      ...options,
      ...(limit === undefined ? {} : { timeoutMs: limit }),
    };
  }
}
