import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { StigmerError } from "../../contract/errors.ts";
import type { ChannelTls } from "../../contract/tls-credentials.ts";
import type { ServerAddress } from "./server-address.ts";

/** What a connection of its own found out. */
type Finding =
  | { readonly kind: "connected"; readonly protocol: string | false | null }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "silent" };

const probeMs = 5_000;

/**
 * Why a server cannot be reached. gRPC says only that it cannot, so this connects once more and
 * reads the code of what happens.
 */
export async function unreachableServer(
  server: ServerAddress,
  tls: ChannelTls | undefined,
): Promise<StigmerError> {
  const { message, hint } = explain(await probe(server, tls), server);
  return new StigmerError("unavailable", message, { hint });
}

function explain(
  finding: Finding,
  { url, encrypted }: ServerAddress,
): Record<"message" | "hint", string> {
  if (finding.kind === "silent") {
    return {
      message: `${url} does not answer.`,
      hint: "check host and port, and any firewall between",
    };
  }
  if (finding.kind === "connected") {
    const speaks = encrypted && finding.protocol !== "h2" ? "does not speak HTTP/2" : "ends calls";
    return {
      message: `${url} ${speaks}: it is no stigmer server, or one that is not ready.`,
      hint: "check host and port, and whether it is up",
    };
  }
  const { code, message: reason } = finding;
  if (untrusted.has(code)) {
    const message = `The certificate of ${url} is signed by nobody who is trusted (${code}).`;
    return {
      message,
      hint: "name the authority that signed it: stigmer login SERVER --ca-file FILE",
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const message = `The certificate of ${url} is for another name: ${reason}`;
    return { message, hint: "use the name that the certificate is for" };
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return { message: `The certificate of ${url} is not valid now (${code}).`, hint: "renew it" };
  }
  const said = code === "" ? reason : code;
  return {
    message: `${url} cannot be reached (${said}).`,
    hint: "check host and port, and whether it is up",
  };
}

/** Codes of OpenSSL's verification, as the runtime passes them on. */
const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function probe(
  { address, encrypted }: ServerAddress,
  tls: ChannelTls | undefined,
): Promise<Finding> {
  const [, host = "", port = ""] = /^\[?([^\]]*)\]?:(\d+)$/.exec(address) ?? [];
  const target = { host, port: Number(port) };
  const found = Promise.withResolvers<Finding>();
  const socket = encrypted
    ? connectTls({ ...target, ...tlsOptions(host, tls), ALPNProtocols: ["h2"] }, () =>
        found.resolve({ kind: "connected", protocol: secured().alpnProtocol }),
      )
    : connectTcp(target, () => found.resolve({ kind: "connected", protocol: null }));
  const secured = () => socket as ReturnType<typeof connectTls>;
  socket.setTimeout(probeMs, () => found.resolve({ kind: "silent" }));
  socket.on("error", ({ code = "", message }: NodeJS.ErrnoException) =>
    found.resolve({ kind: "failed", code, message }),
  );
  socket.on("close", () => found.resolve({ kind: "failed", code: "", message: "it hangs up" }));
  return found.promise.finally(() => socket.destroy());
}

function tlsOptions(host: string, tls: ChannelTls | undefined) {
  const { ca, certificate, key } = tls ?? {};
  return {
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}
