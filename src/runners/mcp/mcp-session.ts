import type { Tool } from "@modelcontextprotocol/client";
import { StigmerError } from "../../contract/errors.ts";
import { connectServer } from "./connect-server.ts";
import type { McpConnection } from "./connection.ts";
import type { RequestLimits } from "./interruption.ts";
import { interruption } from "./interruption.ts";
import type { McpTool } from "./mcp-tool.ts";
import { selectTools, unknownTool } from "./mcp-tool.ts";
import { limitResult } from "./result-limit.ts";
import type { McpHost, McpServerDefinition } from "./server-definition.ts";
import { sendToolCall } from "./tool-call.ts";
import type { ToolResult } from "./tool-result.ts";

/** The tools of one MCP server, for as long as an execution needs them. */
export interface McpSession extends AsyncDisposable {
  readonly name: string;
  /** In the server's order; listed anew when the connection had to be. */
  readonly tools: readonly McpTool[];
  /**
   * Calls a tool. A failure the model can do something about is a result with `isError`.
   *
   * @throws StigmerError `not-found` for a tool that is not offered; `data-loss` when nobody
   *   knows whether the call took effect (`outcome unknown`) and it is not safe to repeat;
   *   `deadline-exceeded` and `cancelled`, after which it is not known either; any other code when
   *   the call did not run, or may be repeated safely
   */
  call(tool: string, args: Record<string, unknown>, options: CallOptions): Promise<ToolResult>;
  /** Ids of the server's processes, where they are ours. */
  pids(): number[];
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** How long to wait for the result; the host's limit when absent. */
  readonly timeoutMs?: number;
  /** Told to the server in `_meta`, so that one that knows it can recognise a repetition. */
  readonly idempotencyKey?: string;
}

/**
 * Connects to a server and lists its tools. Disposing takes at most about two seconds, and any
 * number of sessions may be disposed of at the same time.
 *
 * @throws StigmerError from the connection, or `not-found` for an enabled tool it does not have
 */
export async function openMcpSession(
  definition: McpServerDefinition,
  host: McpHost,
  signal: AbortSignal,
): Promise<McpSession> {
  const opened = await open(definition, host, signal);
  return new Session(definition, host, opened);
}

interface OpenedConnection {
  readonly connection: McpConnection;
  readonly tools: readonly McpTool[];
}

async function open(
  definition: McpServerDefinition,
  host: McpHost,
  signal: AbortSignal,
): Promise<OpenedConnection> {
  const { name, transport, enabledTools } = definition;
  const connection = await connectServer(name, transport, host, signal);
  try {
    const offered = await listTools(connection, definition, {
      signal,
      timeout: host.connectTimeoutMs,
    });
    return { connection, tools: selectTools(name, offered, enabledTools) };
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
}

async function listTools(
  connection: McpConnection,
  definition: McpServerDefinition,
  limits: RequestLimits,
): Promise<Tool[]> {
  try {
    return (await connection.client.listTools(undefined, limits)).tools;
  } catch (thrown) {
    const what = `MCP server "${definition.name}" did not list its tools`;
    throw interruption(thrown, what, limits) ?? connection.explain(thrown).error;
  }
}

class Session implements McpSession {
  readonly name: string;
  readonly #definition: McpServerDefinition;
  readonly #host: McpHost;
  readonly #closing = new AbortController();
  #opened: OpenedConnection;
  #replacing: Promise<void> | undefined;

  constructor(definition: McpServerDefinition, host: McpHost, opened: OpenedConnection) {
    this.name = definition.name;
    this.#definition = definition;
    this.#host = host;
    this.#opened = opened;
  }

  get tools(): readonly McpTool[] {
    return this.#opened.tools;
  }

  pids(): number[] {
    return this.#opened.connection.pids();
  }

  async call(
    name: string,
    args: Record<string, unknown>,
    options: CallOptions,
  ): Promise<ToolResult> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const limits = { signal, timeout: options.timeoutMs ?? this.#host.callTimeoutMs };
    const attempt = async () => {
      const { connection } = await this.#liveConnection(signal);
      const { serverName, tool } = { serverName: this.name, tool: this.#tool(name) };
      const { idempotencyKey } = options;
      return sendToolCall(connection, { serverName, tool, args, idempotencyKey }, limits);
    };
    const first = await attempt();
    // Once: a server that falls over every time is not started again and again.
    const last = first.kind === "answered" ? first : await attempt();
    if (last.kind === "repeatable") throw last.error;
    return limitResult(last.result, this.#host.maxResultBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#replacing?.catch(() => {
      // The calls that waited for it were told.
    });
    await this.#opened.connection[Symbol.asyncDispose]();
  }

  #tool(name: string): McpTool {
    const tool = this.tools.find((candidate) => candidate.name === name);
    if (tool !== undefined) return tool;
    throw unknownTool(
      this.name,
      name,
      this.tools.map((candidate) => candidate.name),
    );
  }

  /** The connection, replaced by a new one when it was lost; calls in parallel share the new one. */
  async #liveConnection(signal: AbortSignal): Promise<OpenedConnection> {
    if (signal.aborted) throw this.#cancelled();
    if (this.#opened.connection.lost.aborted) {
      this.#replacing ??= this.#replace().finally(() => {
        this.#replacing = undefined;
      });
      await Promise.race([this.#replacing, this.#rejectWhenAborted(signal)]);
    }
    return this.#opened;
  }

  async #replace(): Promise<void> {
    this.#host.log.warn("mcp server lost, connecting again", { server: this.name });
    await this.#opened.connection[Symbol.asyncDispose]();
    this.#opened = await open(this.#definition, this.#host, this.#closing.signal);
  }

  #rejectWhenAborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(this.#cancelled()), { once: true });
    });
  }

  #cancelled(): StigmerError {
    return new StigmerError("cancelled", `MCP server "${this.name}" was not waited for`);
  }
}
