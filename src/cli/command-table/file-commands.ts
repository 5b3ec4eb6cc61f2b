import type { ArgumentSpec, CommandSpec, FlagSpec } from "../command-spec.ts";
import { changesResult, itemOf, itemsOf } from "./results.ts";
import { cascadeFlag, pagingFlags, standaloneFlag } from "./shared-flags.ts";

const fileFlag: FlagSpec = {
  name: "file",
  short: "f",
  type: "string",
  value: "FILE|DIR|-",
  repeated: true,
  complete: "file",
  defaultText: "the project's",
  summary: "YAML or JSON file, folder with all below it, or - for stdin",
};

const kindArgument: ArgumentSpec = {
  name: "KIND",
  summary: "agent, mcpserver, environment, skill, workflow, schedule, session or execution",
  complete: "kind",
};

const nameArgument: ArgumentSpec = {
  name: "NAME",
  summary: "Name, slug or id; of sessions and executions also @last",
  complete: "name-of-kind",
};

/** What works on files, and on resources of any kind that is written in files. */
export const fileCommands: readonly CommandSpec[] = [
  {
    path: ["apply"],
    summary: "Make the stored resources what files say",
    description:
      "All of it or nothing. A field that left the file is removed; one that was only set elsewhere stays. Applying the same again changes nothing.",
    flags: [
      fileFlag,
      { name: "dry-run", type: "boolean", summary: "Say what would change, change nothing" },
      {
        name: "prune",
        type: "boolean",
        summary: "Delete what was applied with these labels and is in the files no more",
      },
      {
        name: "label",
        short: "l",
        type: "string",
        value: "K=V",
        repeated: true,
        summary: "Which resources --prune looks at",
      },
      {
        name: "expect-no-changes",
        type: "boolean",
        summary: "Change nothing; exit 3 when something would change",
      },
      standaloneFlag,
    ],
    examples: [
      { line: "stigmer apply -f agents/", meaning: "every YAML and JSON file of a folder" },
      {
        line: "stigmer apply -f . --prune -l app=shop",
        meaning: "and delete what the files of this application hold no more",
      },
    ],
    result: changesResult,
    load: async () => (await import("../commands/apply.ts")).applyFiles,
  },
  {
    path: ["diff"],
    summary: "Show what applying files would change",
    description: "A unified diff of each resource. Exit 3 when there are differences.",
    flags: [fileFlag],
    examples: [{ line: "stigmer diff -f agents/", meaning: "before applying them" }],
    result: changesResult,
    load: async () => (await import("../commands/apply.ts")).diffFiles,
  },
  {
    path: ["get"],
    summary: "List resources of a kind, or show one as a row",
    arguments: [kindArgument, { ...nameArgument, optional: true }],
    flags: pagingFlags,
    examples: [{ line: "stigmer get agent reviewer -o yaml", meaning: "as a file for apply" }],
    result: { form: "item-or-page", of: "resource" },
    load: async () => (await import("../commands/resource.ts")).getResources,
  },
  {
    path: ["describe"],
    summary: "Show a resource in full",
    arguments: [kindArgument, nameArgument],
    examples: [{ line: "stigmer describe agent reviewer", meaning: "all that is known of it" }],
    result: itemOf("described-resource"),
    load: async () => (await import("../commands/resource.ts")).describeResource,
  },
  {
    path: ["delete"],
    summary: "Delete resources of a kind",
    arguments: [kindArgument, { ...nameArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [{ line: "stigmer delete agent reviewer clerk", meaning: "both" }],
    result: itemsOf("resource"),
    load: async () => (await import("../commands/resource.ts")).deleteResources,
  },
  {
    path: ["explain"],
    summary: "Explain a kind or a field of it",
    arguments: [
      { name: "KIND[.FIELD…]", summary: "agent, or agent.spec.mcpServers", complete: "kind" },
    ],
    examples: [{ line: "stigmer explain agent.spec.limits", meaning: "what can be written there" }],
    result: itemOf("explanation"),
    load: async () => (await import("../commands/explain.ts")).explain,
  },
];
