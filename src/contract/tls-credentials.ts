import { isIP } from "node:net";
import { checkServerIdentity, getCACertificates } from "node:tls";
import * as grpc from "@grpc/grpc-js";

/** How the other end of a channel is known, and how this end shows who it is. Texts are PEM. */
export interface ChannelTls {
  /** The authorities to trust. Absent: those of the system. */
  readonly ca?: string;
  /** A certificate of this client, and its key. */
  readonly certificate?: string;
  readonly key?: string;
}

/** @throws the library's error when a text is no certificate or key */
export function tlsCredentials(tls: ChannelTls, address: string): grpc.ChannelCredentials {
  return grpc.credentials.createSsl(
    Buffer.from(tls.ca ?? systemAuthorities()),
    tls.key === undefined ? null : Buffer.from(tls.key),
    tls.certificate === undefined ? null : Buffer.from(tls.certificate),
    {
      checkServerIdentity: (_host, certificate) =>
        checkServerIdentity(hostOf(address), certificate),
    },
  );
}

/**
 * TLS names no address when it says whom it wants to talk to (RFC 6066, section 3), and the runtime
 * refuses to send one: a server that is reached by its address is asked for under a name that any
 * has, and its certificate is held against the address.
 */
export function serverNameOptions(address: string): grpc.ChannelOptions {
  return isIP(hostOf(address)) === 0 ? {} : { "grpc.ssl_target_name_override": "localhost" };
}

/** `[::1]:443` → `::1`. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** What comes with the runtime, what the machine has and what `NODE_EXTRA_CA_CERTS` names. */
function systemAuthorities(): string {
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])].join("\n");
}
