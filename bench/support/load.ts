import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { LoadReport, LoadVerb } from "./load-client.ts";

export interface LoadOptions {
  readonly address: string;
  readonly verb: LoadVerb;
  /** Names what the clients create; a name is used once per data folder. */
  readonly name: string;
  readonly clients: number;
  /** Calls that each client has open at a time. */
  readonly inFlight: number;
}

/** Client processes that are connected and wait for the word. */
export class Load implements AsyncDisposable {
  readonly #clients: readonly LoadClient[];

  private constructor(clients: readonly LoadClient[]) {
    this.#clients = clients;
  }

  static async open({ clients, ...options }: LoadOptions): Promise<Load> {
    const opened = Array.from({ length: clients }, (_, index) => new LoadClient(options, index));
    await Promise.all(opened.map((client) => client.line()));
    return new Load(opened);
  }

  /** All clients call at once, for so long. Can be asked once. */
  async run(durationMs: number): Promise<LoadResult> {
    const reports = await Promise.all(this.#clients.map((client) => client.run(durationMs)));
    const rates = reports.map(({ calls, tookMs }) => (calls * 1_000) / tookMs);
    return {
      perSecond: rates.reduce((sum, rate) => sum + rate, 0),
      latencies: reports.flatMap(({ latencies }) => latencies),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
  }
}

export interface LoadResult {
  /** Of all clients together. */
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

class LoadClient implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;

  constructor({ address, verb, name, inFlight }: Omit<LoadOptions, "clients">, index: number) {
    const program = fileURLToPath(new URL("load-client.ts", import.meta.url));
    this.#process = Bun.spawn(
      [process.execPath, program, address, verb, `${name}-${index}`, String(inFlight)],
      { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
    );
    const input = Readable.fromWeb(this.#process.stdout as never);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("a client of the benchmark ended");
    return value;
  }

  async run(durationMs: number): Promise<LoadReport> {
    await this.#process.stdin.write(`${durationMs}\n`);
    await this.#process.stdin.flush();
    return JSON.parse(await this.line()) as LoadReport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}
