import type { CommandSpec } from "../command-spec.ts";
import { executeFlags } from "./execute-flags.ts";
import { executedResult, itemOf } from "./results.ts";

export const projectCommands: readonly CommandSpec[] = [
  {
    path: ["init"],
    summary: "Start a project: a folder with definitions that run at once, offline",
    description:
      "Writes stigmer.yaml, a first agent and a README that says how to go on. Never overwrites a file.",
    arguments: [{ name: "DIR", summary: "Its folder; this one without it", optional: true }],
    examples: [
      {
        line: "stigmer init hello",
        meaning: "then: cd hello && stigmer run",
      },
    ],
    result: itemOf("new-project"),
    load: async () => (await import("../commands/init.ts")).initProject,
  },
  {
    path: ["run"],
    summary: "Run an agent; in a project, apply its definitions first",
    description:
      "A first word that names an agent is the agent; otherwise all words are the message to the agent of the project. What was changed by applying is said on stderr.",
    arguments: [
      { name: "NAME", summary: "The agent", optional: true, complete: "agent" },
      {
        name: "MESSAGE",
        summary: "What to say; a trailing - appends stdin",
        optional: true,
        repeated: true,
      },
    ],
    flags: [
      {
        name: "agent",
        type: "boolean",
        summary: "The first word is an agent, whatever else it is",
      },
      ...executeFlags,
    ],
    examples: [
      { line: "stigmer run", meaning: "the agent of the project, with its default message" },
      {
        line: 'stigmer run reviewer "look at the last change"',
        meaning: "another one of its agents",
      },
      { line: 'git diff | stigmer run "review this" -', meaning: "the message and what is piped" },
    ],
    streams: true,
    deadline: "own",
    result: executedResult,
    load: async () => (await import("../commands/run.ts")).runProject,
  },
];
