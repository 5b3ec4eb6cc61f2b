import type { SettingRow } from "./setting-row.ts";

/** Settings of the processes that run agents and workflows; a part of the table of all. */
export const runnerSettings = {
  "runner.max": {
    type: "integer",
    min: 1,
    max: 256,
    default: "4",
    unit: "processes",
    meaning: "How many runners work at the same time, for agents and for workflows each.",
    example: "8",
  },
  "runner.workflows": {
    type: "integer",
    min: 1,
    max: 1000,
    default: "32",
    unit: "executions",
    meaning: "How many executions of workflows one runner holds at the same time.",
    example: "64",
  },
  "runner.idleTimeout": {
    type: "duration",
    default: "10s",
    meaning: "How long a runner without work stays.",
    example: "1m",
  },
  "runner.leaseTime": {
    type: "duration",
    default: "15s",
    meaning: "How long a silent runner keeps its execution before another gets it.",
    example: "30s",
  },
  "runner.heartbeat": {
    type: "duration",
    default: "3s",
    meaning: "How often a runner says that it is alive; well below runner.leaseTime.",
    example: "5s",
  },
} as const satisfies Record<string, SettingRow>;
