import type { ChannelTarget } from "../../../../contract/channel.ts";
import { standardFailure } from "../../workflow-failure.ts";

/**
 * Where a service is. Encrypted over `https://` and on port 443, which is also the port where none is
 * named; clear text over `http://` and on other ports.
 *
 * @throws WorkflowFailure configuration
 */
export function grpcTarget(host: string, port: number | undefined): ChannelTarget {
  const [, scheme, rest = ""] = /^(?:(https?):\/\/)?([^/]+)\/?$/i.exec(host.trim()) ?? [];
  const url = URL.parse(`ws://${rest}`);
  if (url === null || url.hostname === "" || rest.includes("@") || /[?#]/.test(rest)) {
    throw standardFailure(
      "configuration",
      `${JSON.stringify(host.slice(0, 200))} is not a host such as grpc.example.com`,
    );
  }
  const written =
    port ?? (/:\d+$/.test(rest) ? Number(rest.slice(rest.lastIndexOf(":") + 1)) : undefined);
  const chosen = written ?? (scheme?.toLowerCase() === "http" ? 80 : 443);
  const isEncrypted = scheme === undefined ? chosen === 443 : scheme.toLowerCase() === "https";
  const address = `${url.hostname}:${chosen}`;
  return isEncrypted ? { address, tls: {} } : { address };
}
