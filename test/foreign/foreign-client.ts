import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** One call, as proto3 JSON. */
export interface ForeignCall {
  /** `package.Service/method`. */
  readonly method: string;
  /** One, unless the client streams. */
  readonly requests: readonly object[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Leave a stream after so many responses. */
  readonly take?: number;
}

/** How a call ended, as the library of the client saw it. */
export interface ForeignOutcome {
  /** Name of the gRPC status: `OK`, `NOT_FOUND`, … */
  readonly status: string;
  readonly message: string;
  readonly responses: readonly ForeignMessage[];
  /** The details of `google.rpc.Status`, each with its `@type`. */
  readonly details: readonly ForeignMessage[];
}

/** A message as JSON. Only the claims of a test know what is in it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the clients know our types, TypeScript not
export type ForeignMessage = any;

const defaultDeadlineMs = 20_000;

/** A program of somebody else's that calls a daemon: one line in, one line out. */
export class ForeignClient implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #lines: AsyncIterator<string>;

  constructor(command: readonly string[]) {
    this.#child = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
    const input = Readable.fromWeb(this.#child.stdout as never);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  async call(asked: ForeignCall): Promise<ForeignOutcome> {
    const call = { metadata: {}, deadlineMs: defaultDeadlineMs, ...asked };
    await this.#child.stdin.write(`${JSON.stringify(call)}\n`);
    await this.#child.stdin.flush();
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the client ended: ${await this.#child.stderr.text()}`);
    return JSON.parse(value) as ForeignOutcome;
  }

  /** The only response of a call that must succeed. */
  async answer(method: string, request: object): Promise<ForeignMessage> {
    const { status, message, responses } = await this.call({ method, requests: [request] });
    if (status !== "OK") throw new Error(`${method}: ${status} ${message}`);
    return responses[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.end();
    await this.#child.exited;
  }
}
