import type { PlanFailure } from "./turn-plan.ts";
import type { Wire } from "./wire.ts";

/** An error status with the wire's own body, and `Retry-After` where the failure has one. */
export function failureResponse(wire: Wire, failure: PlanFailure): Response {
  const headers = new Headers();
  if (failure.retryAfter !== undefined) headers.set("retry-after", String(failure.retryAfter));
  return Response.json(wire.errorBody(failure), { status: failure.status, headers });
}
