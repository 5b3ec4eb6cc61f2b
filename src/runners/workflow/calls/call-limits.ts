import type { Settings } from "../../../system/settings.ts";

export interface CallLimits {
  /** The largest answer, and the largest document, in bytes as they are after unpacking. */
  readonly responseBytes: number;
  /** How long one call may take. */
  readonly timeoutMs: number;
  /** How long the other side may say nothing. */
  readonly idleMs: number;
}

export function callLimits(settings: Settings): CallLimits {
  return {
    responseBytes: settings.get("calls.maxResponseBytes"),
    timeoutMs: settings.get("calls.timeout"),
    idleMs: settings.get("calls.idleTimeout"),
  };
}
