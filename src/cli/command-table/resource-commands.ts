import type { CommandSpec } from "../command-spec.ts";
import { executedResult, itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import {
  cascadeFlag,
  environmentFlag,
  labelFlag,
  modelFlag,
  pagingFlags,
  trustFlag,
} from "./shared-flags.ts";

const sessionArgument = {
  name: "SESSION",
  summary: "Id, or @last for the newest",
  complete: "session",
} as const;

export const sessionCommands: readonly CommandSpec[] = [
  {
    path: ["session", "list"],
    summary: "List conversations, newest first",
    flags: pagingFlags,
    examples: [{ line: "stigmer session list --limit 5", meaning: "the newest five" }],
    result: pageOf(resultTypes.session),
    load: async () => (await import("../commands/session.ts")).listSessions,
  },
  {
    path: ["session", "get"],
    summary: "Show a conversation with its messages",
    arguments: [sessionArgument],
    examples: [{ line: "stigmer session get @last", meaning: "the newest one" }],
    result: itemOf("session-record"),
    load: async () => (await import("../commands/session.ts")).getSession,
  },
  {
    path: ["session", "chat"],
    summary: "Talk to an agent, message after message",
    description:
      "On a terminal every line is a message; Ctrl-C cancels an answer, Ctrl-D ends the conversation. With - every line of stdin is a message.",
    arguments: [
      {
        name: "AGENT|SESSION",
        summary: "Agent for a new conversation, or the id of one, or @last",
        complete: "agent",
      },
      { name: "-", summary: "Read messages from stdin, one a line", optional: true },
    ],
    flags: [environmentFlag, modelFlag, trustFlag],
    examples: [
      { line: "stigmer session chat reviewer", meaning: "a new conversation" },
      { line: "stigmer session chat @last", meaning: "go on with the newest" },
      {
        line: 'printf "hello\\nand now?\\n" | stigmer session chat reviewer -',
        meaning: "two messages from a pipe",
      },
    ],
    streams: true,
    deadline: "none",
    result: executedResult,
    load: async () => (await import("../commands/session.ts")).chat,
  },
  {
    path: ["session", "delete"],
    summary: "Delete conversations",
    arguments: [{ ...sessionArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [
      {
        line: "stigmer session delete @last --cascade",
        meaning: "the newest one with its executions",
      },
    ],
    result: itemsOf(resultTypes.session),
    load: async () => (await import("../commands/session.ts")).deleteSessions,
  },
];

const environmentArgument = {
  name: "NAME",
  summary: "Name, slug or id",
  complete: "environment",
} as const;

const secretFlag = {
  name: "secret",
  type: "boolean",
  summary: "Not yet: sealed secrets come in a later version",
} as const;

export const environmentCommands: readonly CommandSpec[] = [
  {
    path: ["environment", "create"],
    summary: "Create an environment",
    description: "Values are stored and shown as they are: no place for a secret.",
    arguments: [
      { name: "NAME", summary: "Name of the new environment" },
      { name: "K=V", summary: "Values", optional: true, repeated: true },
    ],
    flags: [
      { name: "description", type: "string", value: "TEXT", summary: "What it is for" },
      labelFlag,
      secretFlag,
    ],
    examples: [
      {
        line: "stigmer environment create staging API_URL=https://staging.example.com",
        meaning: "one value; agent execute --environment staging binds it",
      },
    ],
    result: itemOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).createEnvironment,
  },
  {
    path: ["environment", "list"],
    summary: "List environments",
    flags: pagingFlags,
    examples: [
      { line: "stigmer environment list -l team=payments", meaning: "those with this label" },
    ],
    result: pageOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).listEnvironments,
  },
  {
    path: ["environment", "get"],
    summary: "Show an environment",
    arguments: [environmentArgument],
    examples: [{ line: "stigmer environment get staging", meaning: "its values" }],
    result: itemOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).getEnvironment,
  },
  {
    path: ["environment", "set"],
    summary: "Set values",
    arguments: [environmentArgument, { name: "K=V", summary: "Values", repeated: true }],
    flags: [secretFlag],
    examples: [{ line: "stigmer environment set staging REGION=eu", meaning: "other values stay" }],
    result: itemOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).setEnvironment,
  },
  {
    path: ["environment", "unset"],
    summary: "Remove values",
    arguments: [environmentArgument, { name: "K", summary: "Names of values", repeated: true }],
    examples: [{ line: "stigmer environment unset staging REGION", meaning: "other values stay" }],
    result: itemOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).unsetEnvironment,
  },
  {
    path: ["environment", "delete"],
    summary: "Delete environments",
    arguments: [{ ...environmentArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [{ line: "stigmer environment delete staging preview", meaning: "both" }],
    result: itemsOf(resultTypes.environment),
    load: async () => (await import("../commands/environment.ts")).deleteEnvironments,
  },
];
