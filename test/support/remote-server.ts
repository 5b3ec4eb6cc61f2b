import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDaemonRecord } from "../../src/system/daemon-record.ts";
import { TestCertificates } from "./test-certificates.ts";
import { TlsProxy } from "./tls-proxy.ts";

/** A TLS proxy in front of the daemon of a data folder, whichever daemon that is at the moment. */
export class RemoteServer implements AsyncDisposable {
  readonly #home: string;
  readonly #proxy: TlsProxy;
  readonly authority: string;

  private constructor(home: string, authority: string, proxy: TlsProxy) {
    this.#home = home;
    this.authority = authority;
    this.#proxy = proxy;
  }

  /** @param folder where the certificates go */
  static async start(home: string, folder: string): Promise<RemoteServer> {
    const certificates = new TestCertificates(folder);
    const files = certificates.sign("server", ["DNS:localhost", "IP:127.0.0.1"]);
    const proxy = await TlsProxy.start({ ...files, upstreamPort: () => tcpPortOf(home) });
    return new RemoteServer(home, certificates.authority, proxy);
  }

  get address(): string {
    return `localhost:${this.#proxy.port}`;
  }

  get tokenFile(): string {
    return join(this.#home, "run", "token");
  }

  get token(): string {
    return readFileSync(this.tokenFile, "utf8").trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]();
  }
}

/** Undefined while no daemon runs. */
function tcpPortOf(home: string): number | undefined {
  const addresses = readDaemonRecord(join(home, "run", "daemon.json"))?.addresses ?? [];
  const address = addresses.find((one) => one.startsWith("127.0.0.1:"));
  return address === undefined ? undefined : Number(address.split(":")[1]);
}
