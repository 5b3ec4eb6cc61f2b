import type { Client, Transport } from "@modelcontextprotocol/client";
import { version } from "../../system/version.ts";
import type { RequestLimits } from "./interruption.ts";
import type { McpHost } from "./server-definition.ts";

export interface ClientSetup {
  readonly serverName: string;
  /**
   * `legacy`: the 2025 handshake. `auto`: asks for the 2026 one first, which costs a stdio server
   * a second start and an HTTP server one round trip.
   */
  readonly mode: "legacy" | "auto";
  readonly onClose: () => void;
}

/**
 * Connects a client that offers servers nothing: no roots (servers widen what they allow to them),
 * no sampling, no elicitation; a server that asks anyway is declined by the protocol layer.
 * Rejects with the SDK's errors; the transport is then the caller's to close.
 */
export async function openClient(
  transport: Transport,
  setup: ClientSetup,
  host: McpHost,
  signal: AbortSignal,
): Promise<Client> {
  const sdk = await import("@modelcontextprotocol/client");
  const client = new sdk.Client(
    { name: "stigmer", version },
    {
      capabilities: {},
      versionNegotiation: { mode: setup.mode, probe: { timeoutMs: host.connectTimeoutMs } },
      inputRequired: { autoFulfill: false },
    },
  );
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client is no EventTarget
  client.onclose = setup.onClose;
  // Noise on stdout, progress after its answer, a broken event stream: never a reason to fail.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client is no EventTarget
  client.onerror = (error) => {
    host.log.debug("mcp server noise", { server: setup.serverName, error: error.message });
  };
  await connect(client, transport, { signal, timeout: host.connectTimeoutMs });
  return client;
}

/** The SDK does not look at the signal while it asks for the protocol era, so we close under it. */
async function connect(client: Client, transport: Transport, limits: RequestLimits): Promise<void> {
  const abandon = () => void transport.close();
  limits.signal.throwIfAborted();
  limits.signal.addEventListener("abort", abandon, { once: true });
  try {
    await client.connect(transport, limits);
  } finally {
    limits.signal.removeEventListener("abort", abandon);
  }
}
