import type { Json } from "../../../contract/json.ts";
import type { CallPlace, DirectCall } from "../workflow-host.ts";
import type { CallHost } from "./call-host.ts";

/**
 * Does a call. What it needs is loaded when the first one of its kind comes.
 *
 * @throws WorkflowFailure, or what the effect's signal was aborted with
 */
export async function performCall(
  call: DirectCall,
  place: CallPlace,
  host: CallHost,
): Promise<Json> {
  switch (call.kind) {
    case "http": {
      const { callHttp } = await import("./http-call.ts");
      return callHttp(call.with, place, host);
    }
    case "grpc": {
      const { callGrpc } = await import("./grpc/grpc-call.ts");
      return callGrpc(call.with, place, host);
    }
    case "mcp": {
      const { callMcp } = await import("./mcp/mcp-call.ts");
      return callMcp(call.with, place, host);
    }
    case "openapi": {
      const { callOpenApi } = await import("./openapi/openapi-call.ts");
      return callOpenApi(call.with, place, host);
    }
  }
}
