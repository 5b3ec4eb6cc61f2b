import type { CommandSpec, FlagSpec } from "../command-spec.ts";
import { itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import { cascadeFlag, pagingFlags } from "./shared-flags.ts";

const workflowArgument = {
  name: "NAME",
  summary: "Name, slug or id",
  complete: "workflow",
} as const;

const definitionFlag: FlagSpec = {
  name: "file",
  short: "f",
  type: "string",
  value: "FILE|-",
  complete: "file",
  summary: "Definition: a Workflow resource, or a document of the specification",
};

export const workflowCommands: readonly CommandSpec[] = [
  {
    path: ["workflow", "create"],
    summary: "Store the workflow of a file",
    description: "A document of the specification is called after its document.name.",
    flags: [definitionFlag],
    examples: [{ line: "stigmer workflow create -f nightly.yaml", meaning: "as a new workflow" }],
    result: itemOf(resultTypes.workflow),
    load: async () => (await import("../commands/workflow.ts")).createWorkflow,
  },
  {
    path: ["workflow", "get"],
    summary: "Show a workflow",
    arguments: [workflowArgument],
    examples: [{ line: "stigmer workflow get nightly -o yaml", meaning: "the whole definition" }],
    result: itemOf(resultTypes.workflow),
    load: async () => (await import("../commands/workflow.ts")).getWorkflow,
  },
  {
    path: ["workflow", "list"],
    summary: "List workflows",
    flags: pagingFlags,
    examples: [{ line: "stigmer workflow list", meaning: "with their versions" }],
    result: pageOf(resultTypes.workflow),
    load: async () => (await import("../commands/workflow.ts")).listWorkflows,
  },
  {
    path: ["workflow", "update"],
    summary: "Replace a workflow by the one of a file",
    flags: [definitionFlag],
    examples: [{ line: "stigmer workflow update -f nightly.yaml", meaning: "the stored nightly" }],
    result: itemOf(resultTypes.workflow),
    load: async () => (await import("../commands/workflow.ts")).updateWorkflow,
  },
  {
    path: ["workflow", "delete"],
    summary: "Delete workflows",
    arguments: [{ ...workflowArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [
      { line: "stigmer workflow delete nightly", meaning: "unless a schedule refers to it" },
    ],
    result: itemsOf(resultTypes.workflow),
    load: async () => (await import("../commands/workflow.ts")).deleteWorkflows,
  },
  {
    path: ["workflow", "validate"],
    summary: "Check definitions of workflows without a daemon",
    description:
      "Finds everything at once, with file, line and column. Exit 2 when there is an error; warnings alone are exit 0.",
    arguments: [
      {
        name: "FILE|DIR|-",
        summary: "YAML or JSON file, folder with all below it, or - for stdin",
        repeated: true,
        complete: "file",
      },
    ],
    examples: [
      { line: "stigmer workflow validate nightly.yaml", meaning: "a line for each finding" },
      { line: "stigmer workflow validate workflows/ -o json", meaning: "for editors and scripts" },
    ],
    result: pageOf("workflow-check"),
    load: async () => (await import("../commands/workflow.ts")).validateWorkflows,
  },
];
