import { readFileSync } from "node:fs";
import { type DaemonRecord, readDaemonRecord } from "../../src/system/daemon-record.ts";
import { DaemonHome } from "../support/daemon-home.ts";

/** A daemon over a data folder of its own, and what a client must know to call it. */
export class RunningDaemon implements AsyncDisposable {
  readonly #home: DaemonHome;
  readonly #record: DaemonRecord;

  private constructor(home: DaemonHome, record: DaemonRecord) {
    this.#home = home;
    this.#record = record;
  }

  static async start(): Promise<RunningDaemon> {
    const home = await DaemonHome.create("");
    try {
      await home.start();
      const record = readDaemonRecord(home.at("run", "daemon.json"));
      if (!record) throw new Error("the daemon is ready and has no record");
      return new RunningDaemon(home, record);
    } catch (thrown) {
      await home[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get home(): string {
    return this.#home.at();
  }

  get pid(): number {
    return this.#record.pid;
  }

  /** `unix:/path`. */
  get socket(): string {
    return `unix:${this.#record.socket}`;
  }

  /** `127.0.0.1:port`. */
  get ipv4(): string {
    return this.#address((address) => address.startsWith("127."));
  }

  /** `[::1]:port`. */
  get ipv6(): string {
    return this.#address((address) => address.startsWith("["));
  }

  /** The bearer token of the user. */
  get token(): string {
    return readFileSync(this.#home.at("run", "token"), "utf8").trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
  }

  #address(matches: (address: string) => boolean): string {
    const found = this.#record.addresses.find(matches);
    if (found === undefined) throw new Error(`not in ${this.#record.addresses.join(", ")}`);
    return found;
  }
}
