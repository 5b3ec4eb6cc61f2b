import type { CommandSpec } from "../command-spec.ts";
import { executedResult, itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import { pagingFlags, waitFlag } from "./shared-flags.ts";

const executionArgument = {
  name: "EXECUTION",
  summary: "Id, or @last for the newest",
  complete: "execution",
} as const;

export const executionCommands: readonly CommandSpec[] = [
  {
    path: ["execution", "list"],
    summary: "List executions, newest first",
    flags: [
      {
        name: "phase",
        type: "string",
        value: "PHASE",
        repeated: true,
        choices: ["pending", "running", "waiting", "completed", "failed", "cancelled"],
        summary: "Only those in this phase",
      },
      {
        name: "session",
        short: "s",
        type: "string",
        value: "ID|@last",
        complete: "session",
        summary: "Only those of this conversation",
      },
      ...pagingFlags,
    ],
    examples: [
      {
        line: "stigmer execution list --phase failed --limit 5",
        meaning: "the last five failures",
      },
    ],
    result: pageOf(resultTypes.execution),
    load: async () => (await import("../commands/execution.ts")).listExecutions,
  },
  {
    path: ["execution", "get"],
    summary: "Show an execution: messages, tool calls, tokens, cost",
    arguments: [executionArgument],
    examples: [{ line: "stigmer execution get @last", meaning: "the newest one" }],
    result: itemOf("execution-record"),
    load: async () => (await import("../commands/execution.ts")).getExecution,
  },
  {
    path: ["execution", "watch"],
    summary: "Follow an execution until it ends",
    description: "Live on a terminal, a line per change elsewhere, every event with -o jsonl.",
    arguments: [executionArgument],
    flags: [waitFlag],
    examples: [
      {
        line: "stigmer execution watch @last -o jsonl",
        meaning: "every event of it, for a script",
      },
    ],
    streams: true,
    deadline: "own",
    result: executedResult,
    load: async () => (await import("../commands/execution.ts")).watchExecution,
  },
  {
    path: ["execution", "cancel"],
    summary: "Cancel executions",
    arguments: [{ ...executionArgument, repeated: true }],
    flags: [{ name: "reason", type: "string", value: "TEXT", summary: "Kept with the execution" }],
    examples: [
      {
        line: 'stigmer execution cancel @last --reason "wrong branch"',
        meaning: "the reason stays with it",
      },
    ],
    result: itemsOf(resultTypes.execution),
    load: async () => (await import("../commands/execution.ts")).cancelExecutions,
  },
  {
    path: ["execution", "wait"],
    summary: "Wait until an execution ends",
    description:
      "Exit code: 0 completed, 1 failed, 4 no access to the model, 9 a limit, 130 cancelled, 8 still running when the time was over.",
    arguments: [executionArgument],
    flags: [waitFlag],
    examples: [
      {
        line: "stigmer execution wait @last --wait 30s",
        meaning: "exit 8 when it still runs then",
      },
    ],
    deadline: "own",
    result: itemOf(resultTypes.execution),
    load: async () => (await import("../commands/execution.ts")).waitForExecution,
  },
];
