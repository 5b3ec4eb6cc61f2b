import { createServer, type Server, type Socket } from "node:net";

/** Where a listener accepts connections. */
export type ListenAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** An open listening socket. */
export interface Listener {
  /** 0 for a unix socket. */
  readonly port: number;
  /** Accepts no more; what is connected stays. */
  close(): void;
}

/**
 * Listens on one address. Connections are handed over unread.
 * @throws the system's error, with its code
 */
export async function listen(
  address: ListenAddress,
  accept: (connection: Socket) => void,
): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return { port: portOf(server), close: () => void server.close() };
}

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}
