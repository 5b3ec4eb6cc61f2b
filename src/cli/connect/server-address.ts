import { StigmerError } from "../../contract/errors.ts";

/** Where a server is and how it is spoken to. */
export interface ServerAddress {
  /** As it is kept and shown: `https://stigmer.example.com`, `http://localhost:50051`. */
  readonly url: string;
  /** `host:port`, as a channel takes it. */
  readonly address: string;
  readonly encrypted: boolean;
  /** It never leaves this machine. */
  readonly loopback: boolean;
}

/**
 * Reads `host`, `host:port`, `https://host[:port]` or `http://host[:port]`; without a scheme it is
 * TLS, without a port the one of the scheme.
 *
 * @throws StigmerError `usage`; what was given is not repeated where it may hold a password.
 */
export function parseServerAddress(text: string): ServerAddress {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.hostname === "") {
    throw refused("is no address of a server");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("holds a user or a password, which others can see there");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw refused("has something behind host and port");
  }
  const encrypted = url.protocol === "https:";
  const port = url.port === "" ? (encrypted ? "443" : "80") : url.port;
  return {
    url: `${url.protocol}//${url.host}`,
    address: `${url.hostname}:${port}`,
    encrypted,
    loopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
  };
}

function refused(reason: string): StigmerError {
  return new StigmerError("usage", `What was given as the server ${reason}.`, {
    hint: "write HOST, HOST:PORT, https://HOST[:PORT] or http://localhost:PORT",
  });
}
