import type { SettingRow } from "./setting-row.ts";

/** Settings of what workflows call: rows of {@link settingsTable}. */
export const callSettings = {
  "calls.timeout": {
    type: "duration",
    default: "5m",
    meaning: "How long one call of a workflow may take; a timeout of its task may be shorter.",
    example: "30m",
  },
  "calls.idleTimeout": {
    type: "duration",
    default: "1m",
    meaning: "How long a server that a workflow calls may send nothing.",
    example: "5m",
  },
  "calls.maxResponseBytes": {
    type: "bytes",
    default: "10MB",
    meaning: "The largest answer, document or program output that a workflow reads.",
    example: "100MB",
  },
} as const satisfies Record<string, SettingRow>;
