import type { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StigmerError } from "../../contract/errors.ts";
import type { McpConnection, RequestFailure } from "./connection.ts";
import type { HttpContext } from "./http-error.ts";
import { httpError, httpStatusOf, networkCodeOf } from "./http-error.ts";
import { HttpExchange } from "./http-exchange.ts";
import { isTimeout } from "./interruption.ts";
import { openClient } from "./open-client.ts";
import type { HttpServer, McpHost } from "./server-definition.ts";
import { waitAtMost } from "./wait-at-most.ts";

/** How long a server may take to take note that we leave, in milliseconds. */
const farewellMs = 1000;
/** How a server is asked whether it still knows us, once an event stream broke. */
const probe = { attempts: 3, timeoutMs: 5000, pauseMs: 1000 } as const;

/**
 * Connects to a server over streamable HTTP, in either protocol era.
 *
 * @throws StigmerError `invalid-argument` for its URL or headers, `unauthenticated`,
 *   `permission-denied`, `unavailable`, `incompatible`, `deadline-exceeded` when it is silent,
 *   `cancelled` when the signal aborts
 */
export async function connectHttp(
  name: string,
  server: HttpServer,
  host: McpHost,
  signal: AbortSignal,
): Promise<McpConnection> {
  const url = parseUrl(name, server.url);
  const headers = parseHeaders(name, server.headers);
  const lost = new AbortController();
  const exchange = new HttpExchange(() => void connection?.verify());
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    fetch: exchange.fetch,
  });
  const context = (): HttpContext => ({
    serverName: name,
    url: `${url.origin}${url.pathname}`,
    headerNames: Object.keys(server.headers),
    challenge: exchange.challenge,
  });
  let connection: HttpConnection | undefined;
  try {
    const setup = { serverName: name, mode: "auto", onClose: () => lost.abort() } as const;
    const client = await openClient(transport, setup, host, signal);
    connection = new HttpConnection(client, transport, lost.signal, context);
    return connection;
  } catch (thrown) {
    await transport.close();
    throw connectError(thrown, context(), host, signal);
  }
}

class HttpConnection implements McpConnection {
  readonly client: Client;
  readonly lost: AbortSignal;
  readonly #transport: StreamableHTTPClientTransport;
  readonly #context: () => HttpContext;
  #verifying: Promise<void> | undefined;

  constructor(
    client: Client,
    transport: StreamableHTTPClientTransport,
    lost: AbortSignal,
    context: () => HttpContext,
  ) {
    this.client = client;
    this.lost = lost;
    this.#transport = transport;
    this.#context = context;
  }

  pids(): number[] {
    return [];
  }

  explain(thrown: unknown): RequestFailure {
    const error = httpError(thrown, this.#context());
    const network = networkCodeOf(thrown);
    if (network !== undefined) {
      const wasSent = network !== "ECONNREFUSED" && network !== "ENOTFOUND";
      return { lost: true, mayHaveRun: wasSent, error };
    }
    if (this.lost.aborted || this.#isUnknownSession(thrown)) {
      const message = `MCP server "${this.#context().serverName}" lost the session`;
      const details = { hint: `stigmer mcp tools ${this.#context().serverName}`, cause: thrown };
      // The refusal came from the server we see now, which says nothing about the one before it.
      return {
        lost: true,
        mayHaveRun: true,
        error: new StigmerError("unavailable", message, details),
      };
    }
    return { lost: false, mayHaveRun: (httpStatusOf(thrown) ?? 500) >= 500, error };
  }

  /**
   * Gives the connection up when the server no longer answers or no longer knows the session.
   * Without this a call whose event stream broke would wait for its timeout: the SDK tells nobody.
   */
  async verify(): Promise<void> {
    // The 2026 era has no sessions, and there the SDK ends calls with their stream.
    if (this.client.getProtocolEra() === "modern") return;
    this.#verifying ??= this.#verify().finally(() => {
      this.#verifying = undefined;
    });
    await this.#verifying;
  }

  async #verify(): Promise<void> {
    for (let attempt = 1; attempt <= probe.attempts; attempt++) {
      if (attempt > 1) await Bun.sleep(probe.pauseMs);
      if (this.lost.aborted) return;
      const outcome = await this.#ping();
      if (outcome === "known") return;
      if (outcome === "unknown-session") break;
    }
    await this.client.close();
  }

  async #ping(): Promise<"known" | "unknown-session" | "unreachable"> {
    try {
      await this.client.ping({ timeout: probe.timeoutMs });
      return "known";
    } catch (thrown) {
      if (this.#isUnknownSession(thrown)) return "unknown-session";
      return networkCodeOf(thrown) === undefined ? "known" : "unreachable";
    }
  }

  /** The specification asks for 404; servers on the SDK's own examples answer 400. */
  #isUnknownSession(thrown: unknown): boolean {
    if (this.#transport.sessionId === undefined) return false;
    const status = httpStatusOf(thrown);
    return status === 404 || (status === 400 && /session/i.test(String(thrown)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.lost.aborted) {
      const farewell = this.#transport.terminateSession().catch(() => {
        // Not every server lets a session be ended; it will forget us by itself.
      });
      await waitAtMost(farewell, farewellMs);
    }
    await this.client.close();
  }
}

function connectError(
  thrown: unknown,
  context: HttpContext,
  host: McpHost,
  signal: AbortSignal,
): StigmerError {
  const subject = `MCP server "${context.serverName}" at ${context.url}`;
  if (signal.aborted) return new StigmerError("cancelled", `${subject} was not waited for`);
  if (isTimeout(thrown)) {
    const message = `${subject} did not answer within ${host.connectTimeoutMs} ms`;
    const hint = `stigmer mcp tools ${context.serverName}`;
    return new StigmerError("deadline-exceeded", message, { hint, cause: thrown });
  }
  return httpError(thrown, context);
}

function parseUrl(name: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new StigmerError(
    "invalid-argument",
    `MCP server "${name}" has no http or https url: ${JSON.stringify(text)}`,
    { hint: "write it in full, such as https://example.com/mcp" },
  );
}

function parseHeaders(name: string, declared: HttpServer["headers"]): Headers {
  const headers = new Headers();
  for (const [header, value] of Object.entries(declared)) {
    try {
      headers.set(header, value);
    } catch {
      throw new StigmerError(
        "invalid-argument",
        `MCP server "${name}" declares a header that cannot be sent: ${JSON.stringify(header)}`,
        { hint: "names and values of headers are plain ASCII without line breaks" },
      );
    }
  }
  return headers;
}
