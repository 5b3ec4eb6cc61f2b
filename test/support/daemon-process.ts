import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { Channel } from "../../src/contract/channel.ts";

/** Descriptor on which a daemon says that it is ready. */
const readyDescriptor = 3;
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One daemon process and a channel to it. */
export class DaemonProcess implements AsyncDisposable {
  readonly channel: Channel;
  readonly pid: number;
  readonly exited: Promise<ProcessEnd>;
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    pid: number,
    readonly address: string,
  ) {
    this.#child = child;
    this.pid = pid;
    this.channel = new Channel({ address });
    this.exited = endOf(child);
  }

  static async ready(child: ChildProcess, address: string): Promise<DaemonProcess> {
    await untilReady(child);
    if (child.pid === undefined) throw new Error("the daemon is ready and has no pid");
    return new DaemonProcess(child, child.pid, address);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it in order, or at once when it does not follow. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.channel[Symbol.dispose]();
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), stopTimeoutMs);
    await this.exited;
    clearTimeout(timer);
  }
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return { code: child.exitCode, signal: child.signalCode };
}

/** The descriptor ends without a line when the daemon ends before it is ready. */
async function untilReady(child: ChildProcess): Promise<void> {
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const report = child.stdio[readyDescriptor] as Readable;
  const signal = AbortSignal.timeout(readyTimeoutMs);
  const line = await Promise.race([
    once(report, "data", { signal }).then(([chunk]) => String(chunk)),
    once(report, "end", { signal }).then(() => ""),
  ]);
  if (line.includes('"ready"')) return;
  child.kill("SIGKILL");
  throw new Error(`no daemon: ${line}${complaint}`);
}
