import type { CommandSpec } from "../command-spec.ts";
import { pageOf } from "./results.ts";

export const workflowTestCommands: readonly CommandSpec[] = [
  {
    path: ["workflow", "test"],
    summary: "Test workflows: effects are mocked, and time passes at once",
    description:
      "Reads files of tests (docs/workflow-tests.md), or the *.test.yaml of folders. Nothing outside of a test is reached: a task without a mock is an error that shows the one to write. A wait of a month takes no time. Needs no daemon. Exit 1 when a case fails, 2 when a file is wrong.",
    arguments: [{ name: "FILE|DIR", summary: "What to run", repeated: true, complete: "file" }],
    flags: [
      {
        name: "case",
        type: "string",
        value: "NAME",
        repeated: true,
        summary: "Only this case; can be given several times",
      },
      {
        name: "update",
        type: "boolean",
        summary: "Take over the journals of cases with `snapshot: true`",
      },
      {
        name: "kill-points",
        type: "boolean",
        summary: "Run each case again with its runner lost at each place of its journal",
      },
      {
        name: "junit",
        type: "string",
        value: "FILE",
        summary: "Also write the results as JUnit XML",
        complete: "file",
      },
    ],
    examples: [
      { line: "stigmer workflow test deploy.test.yaml", meaning: "the cases of one file" },
      {
        line: "stigmer workflow test workflows/ --junit results.xml",
        meaning: "all below a folder, and a report for a build server",
      },
      {
        line: "stigmer workflow test deploy.test.yaml --update",
        meaning: "after a change that is meant: git diff shows what it did",
      },
    ],
    deadline: "none",
    result: pageOf("workflow-test-case"),
    load: async () => (await import("../commands/workflow-test.ts")).testWorkflows,
  },
];
