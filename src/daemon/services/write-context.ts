import type { WriteContext } from "../../resources/resource-service.ts";
import type { CallContext } from "../grpc/handlers.ts";

/** Who writes: a local daemon has one user. */
export const localActor = "local";

export function writeContext(call: CallContext): WriteContext {
  const { requestId, dryRun, cascade } = call;
  return { actor: localActor, dryRun, cascade, ...(requestId === undefined ? {} : { requestId }) };
}
