import { StigmerError } from "../../contract/errors.ts";
import {
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "../../contract/gen/grpc/health/v1/health_pb.ts";
import { implement, type ServiceImplementation } from "./handlers.ts";

/**
 * The standard health service: each service that is here serves until the daemon stops.
 * @param services full names; the empty name, for the daemon as a whole, is always known
 * @param stopping aborted when no new calls are let in
 */
export function healthService(
  services: readonly string[],
  stopping: AbortSignal,
): ServiceImplementation {
  const known = new Set(["", ...services]);
  const state = (): { status: ServingStatus } => ({
    status: stopping.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING,
  });
  return implement(Health, {
    check: async ({ service }) => {
      if (known.has(service)) return state();
      throw new StigmerError("not-found", `no service "${service}" is served here`);
    },
    async *watch({ service }, { signal }) {
      const isKnown = known.has(service);
      yield isKnown ? state() : { status: ServingStatus.SERVICE_UNKNOWN };
      if (!signal.aborted) await aborted(AbortSignal.any([signal, stopping]));
      if (isKnown && stopping.aborted) yield state();
    },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
