import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type Server } from "node:tls";
import type { CertificateFiles } from "./test-certificates.ts";

export interface TlsProxyOptions extends CertificateFiles {
  /** Asked for each connection: the daemon behind it may have been started again. */
  readonly upstreamPort: () => number | undefined;
  /** Only clients with a certificate of this authority are let in. */
  readonly clientAuthority?: string;
}

/** Ends TLS for a daemon on this machine, as a proxy in front of a server does, and reads nothing. */
export class TlsProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor({ certificate, key, upstreamPort, clientAuthority }: TlsProxyOptions) {
    const authority = clientAuthority === undefined ? {} : { ca: readFileSync(clientAuthority) };
    const wanted = clientAuthority !== undefined;
    this.#server = createServer(
      {
        cert: readFileSync(certificate),
        key: readFileSync(key),
        ALPNProtocols: ["h2"],
        requestCert: wanted,
        rejectUnauthorized: wanted,
        ...authority,
      },
      (client) => this.#forward(client, upstreamPort()),
    );
    // A client that does not trust the certificate says so in the handshake and leaves.
    this.#server.on("tlsClientError", () => {});
  }

  static async start(options: TlsProxyOptions): Promise<TlsProxy> {
    const proxy = new TlsProxy(options);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #forward(client: Socket, port: number | undefined): void {
    if (port === undefined) return void client.destroy();
    const upstream = connect({ host: "127.0.0.1", port, noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#open.add(socket);
      socket.pipe(other);
      socket.on("error", () => {}); // Its "close" follows.
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
  }
}
