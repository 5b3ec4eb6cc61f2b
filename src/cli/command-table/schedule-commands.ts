import type { CommandSpec } from "../command-spec.ts";
import { itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import { cascadeFlag, pagingFlags } from "./shared-flags.ts";

const scheduleArgument = {
  name: "NAME",
  summary: "Name, slug or id",
  complete: "schedule",
} as const;

const everySchedule = { ...scheduleArgument, repeated: true } as const;

export const scheduleCommands: readonly CommandSpec[] = [
  {
    path: ["schedule", "list"],
    summary: "List schedules and when they start something next",
    description:
      "A schedule is written in a file and applied: stigmer apply -f. What one of them started: stigmer execution list -l stigmer.ai/schedule=NAME.",
    flags: pagingFlags,
    examples: [{ line: "stigmer schedule list", meaning: "what starts when" }],
    result: pageOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).listSchedules,
  },
  {
    path: ["schedule", "get"],
    summary: "Show a schedule and what became of it",
    arguments: [scheduleArgument],
    examples: [
      { line: "stigmer schedule get nightly", meaning: "its next and its last start, and errors" },
    ],
    result: itemOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).getSchedule,
  },
  {
    path: ["schedule", "pause"],
    summary: "Let schedules start nothing until they are resumed",
    description: "What runs goes on.",
    arguments: [everySchedule],
    examples: [{ line: "stigmer schedule pause nightly", meaning: "from now on" }],
    result: itemsOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).pauseSchedules,
  },
  {
    path: ["schedule", "resume"],
    summary: "Let schedules go on, also imported ones",
    description: "At the next due time. What was due meanwhile is not made up for.",
    arguments: [everySchedule],
    examples: [{ line: "stigmer schedule resume nightly", meaning: "says when it starts next" }],
    result: itemsOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).resumeSchedules,
  },
  {
    path: ["schedule", "trigger"],
    summary: "Start what a schedule names, now",
    description:
      "Also when it is paused, and whatever runs; its due times stay. Prints the id of the execution.",
    arguments: [scheduleArgument],
    examples: [
      { line: "stigmer schedule trigger nightly", meaning: "to see whether it works" },
      {
        line: 'stigmer execution watch "$(stigmer schedule trigger nightly)"',
        meaning: "and what it does",
      },
    ],
    result: itemOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).triggerSchedule,
  },
  {
    path: ["schedule", "delete"],
    summary: "Delete schedules",
    description: "What they started stays.",
    arguments: [everySchedule],
    flags: [cascadeFlag],
    examples: [{ line: "stigmer schedule delete nightly", meaning: "it starts nothing more" }],
    result: itemsOf(resultTypes.schedule),
    load: async () => (await import("../commands/schedule.ts")).deleteSchedules,
  },
];
