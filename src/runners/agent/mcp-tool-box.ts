import { StigmerError } from "../../contract/errors.ts";
import type { Json } from "../../contract/json.ts";
import { contextErrorCodes, ExecutionFailure } from "../durable/durable-context.ts";
import type { OfferedTool, ToolAnswer, ToolBox, ToolInvocation } from "./agent-run.ts";
import type { McpSession } from "../mcp/mcp-session.ts";
import type { McpHost, McpServerDefinition } from "../mcp/server-definition.ts";
import type { ToolContent, ToolResult } from "../mcp/tool-result.ts";
import type { ToolResultContent } from "./models/conversation.ts";
import { offeredName, offeredPrefix } from "./offered-name.ts";

export interface McpToolBoxOptions {
  /** Asked once, when a tool is first needed: it resolves values of environments. */
  readonly servers: () => Promise<readonly McpServerDefinition[]>;
  readonly host: McpHost;
  /** Keeps a result that was cut for the model; returns its hash. */
  readonly keep: (bytes: Uint8Array) => Promise<string>;
  readonly clock: () => number;
}

/** The tools of an agent's MCP servers. A server is started when it is first needed. */
export class McpToolBox implements ToolBox, AsyncDisposable {
  readonly #options: McpToolBoxOptions;
  readonly #sessions = new Map<string, Promise<McpSession>>();
  readonly #closing = new AbortController();
  #servers: Promise<readonly McpServerDefinition[]> | undefined;

  constructor(options: McpToolBoxOptions) {
    this.#options = options;
  }

  async list(signal: AbortSignal): Promise<readonly OfferedTool[]> {
    const servers = await this.#definitions();
    const sessions = await Promise.all(servers.map((server) => this.#session(server, signal)));
    return sessions.flatMap((session) =>
      session.tools.map((tool) => ({
        name: offeredName(session.name, tool.name),
        description: tool.description,
        inputSchema: tool.inputSchema as Json,
        repeatable: tool.readOnly || tool.idempotent,
      })),
    );
  }

  async call(invocation: ToolInvocation): Promise<ToolAnswer> {
    const startedAtMs = this.#options.clock();
    const { session, tool } = await this.#find(invocation);
    const args = invocation.arguments ?? {};
    if (typeof args !== "object" || Array.isArray(args)) {
      const content = [{ kind: "text", text: "the arguments must be a JSON object" }] as const;
      return { isError: true, content, startedAtMs, endedAtMs: startedAtMs };
    }
    try {
      const { signal, idempotencyKey } = invocation;
      const result = await session.call(tool, args as Record<string, unknown>, {
        signal,
        idempotencyKey,
      });
      return await this.#answer(result, startedAtMs);
    } catch (thrown) {
      throw recordable(thrown);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const sessions = await Promise.allSettled(this.#sessions.values());
    const opened = sessions.flatMap((session) =>
      session.status === "fulfilled" ? [session.value] : [],
    );
    await Promise.all(opened.map((session) => session[Symbol.asyncDispose]()));
  }

  async #find(invocation: ToolInvocation): Promise<{ session: McpSession; tool: string }> {
    for (const server of await this.#definitions()) {
      if (!invocation.name.startsWith(offeredPrefix(server.name))) continue;
      // oxlint-disable-next-line no-await-in-loop -- only the server that has the tool is started
      const session = await this.#session(server, invocation.signal);
      const tool = session.tools.find(
        ({ name }) => offeredName(session.name, name) === invocation.name,
      );
      if (tool) return { session, tool: tool.name };
    }
    throw new ExecutionFailure({
      code: "tool-missing",
      message: `the tool ${invocation.name} is no longer offered by its server`,
    });
  }

  #definitions(): Promise<readonly McpServerDefinition[]> {
    this.#servers ??= this.#options.servers().catch((thrown: unknown) => {
      // What failed once may be there the next time.
      this.#servers = undefined;
      throw thrown;
    });
    return this.#servers;
  }

  #session(server: McpServerDefinition, signal: AbortSignal): Promise<McpSession> {
    const known = this.#sessions.get(server.name);
    if (known) return known;
    const opened = this.#open(server, signal);
    this.#sessions.set(server.name, opened);
    opened.catch(() => this.#sessions.delete(server.name));
    return opened;
  }

  async #open(server: McpServerDefinition, signal: AbortSignal): Promise<McpSession> {
    const { openMcpSession } = await import("../mcp/mcp-session.ts");
    try {
      return await openMcpSession(
        server,
        this.#options.host,
        AbortSignal.any([signal, this.#closing.signal]),
      );
    } catch (thrown) {
      if (thrown instanceof StigmerError && thrown.code !== "cancelled") throw serverFailed(thrown);
      throw thrown;
    }
  }

  async #answer(result: ToolResult, startedAtMs: number): Promise<ToolAnswer> {
    const base = {
      isError: result.isError,
      content: result.content.map(toContent),
      startedAtMs,
      endedAtMs: this.#options.clock(),
    };
    if (!result.truncated) return base;
    const whole = new TextEncoder().encode(JSON.stringify(result.truncated.full));
    return { ...base, fullSize: whole.length, artifact: await this.#options.keep(whole) };
  }
}

function toContent(content: ToolContent): ToolResultContent {
  switch (content.kind) {
    case "text":
      return content;
    case "json":
      return { kind: "json", value: content.value as Json };
    case "image":
      return { kind: "image", base64: content.data, mediaType: content.mediaType };
  }
}

function serverFailed(error: StigmerError): ExecutionFailure {
  return new ExecutionFailure({
    code: "tool-server",
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

/** What the journal keeps of a failed call. */
function recordable(thrown: unknown): unknown {
  if (!(thrown instanceof StigmerError)) return thrown;
  const code =
    thrown.code === "data-loss" ? contextErrorCodes.outcomeUnknown : `tool-${thrown.code}`;
  return new ExecutionFailure({ code, message: thrown.message });
}
