import type { Client } from "@modelcontextprotocol/client";
import type { StigmerError } from "../../contract/errors.ts";

/** One live connection to an MCP server. A session replaces it when it is lost. */
export interface McpConnection extends AsyncDisposable {
  readonly client: Client;
  /** Aborted once the server or its session is gone: no answer will come any more. */
  readonly lost: AbortSignal;
  /** Process ids of the server, where it is our child. */
  pids(): number[];
  /** What a failed request means; not asked about timeouts, aborts and JSON-RPC errors. */
  explain(thrown: unknown): RequestFailure;
}

export interface RequestFailure {
  /** The connection is gone, and a new one may help. */
  readonly lost: boolean;
  /** Whether the server may have acted on the request all the same. */
  readonly mayHaveRun: boolean;
  readonly error: StigmerError;
}
