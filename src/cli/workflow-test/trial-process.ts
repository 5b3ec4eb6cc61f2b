import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { StigmerError } from "../../contract/errors.ts";
import { spawnSelf } from "../../system/self-process.ts";
import type { TrialReport, TrialRequest } from "../../workflow/trial/trial-protocol.ts";

/** A process of this program that tries workflows, one at a time. Closing it ends it. */
export class TrialProcess implements Disposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = "";

  constructor() {
    this.#child = spawnSelf(["__trial"], { stdio: ["pipe", "pipe", "pipe"] });
    this.#lines = createInterface({ input: this.#child.stdout as Readable })[
      Symbol.asyncIterator
    ]();
    (this.#child.stderr as Readable).on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-2_000);
    });
    // That it is gone is what the end of its output says.
    (this.#child.stdin as Writable).on("error", () => undefined);
    this.#child.on("error", (cause) => {
      this.#errors = cause.message;
    });
  }

  /** @throws StigmerError `internal` when the process ends, the reason of the signal when it is aborted */
  async ask(request: TrialRequest, signal: AbortSignal): Promise<TrialReport> {
    signal.throwIfAborted();
    const end = (): void => this[Symbol.dispose]();
    signal.addEventListener("abort", end, { once: true });
    try {
      (this.#child.stdin as Writable).write(`${JSON.stringify(request)}\n`);
      const line = await this.#lines.next();
      signal.throwIfAborted();
      if (line.done === true) {
        throw new StigmerError(
          "internal",
          `The process that tries workflows ended: ${this.#errors}`,
        );
      }
      return JSON.parse(line.value) as TrialReport;
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
