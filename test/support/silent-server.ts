import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** Takes every connection and never says a word: a keychain, a daemon or a provider that hangs. */
export class SilentServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections: Set<Socket>;

  private constructor(server: Server, connections: Set<Socket>) {
    this.#server = server;
    this.#connections = connections;
  }

  /** @param where path of a unix socket, or 0 for a port on 127.0.0.1 */
  static async listen(where: string | 0): Promise<SilentServer> {
    const connections = new Set<Socket>();
    const server = createServer((connection) => {
      connections.add(connection);
      connection.on("error", () => {}).resume();
    });
    server.listen(where === 0 ? { port: 0, host: "127.0.0.1" } : { path: where });
    await once(server, "listening");
    return new SilentServer(server, connections);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** How many have asked so far. */
  get asked(): number {
    return this.#connections.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
