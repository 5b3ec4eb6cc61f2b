import type { FlagSpec } from "../command-spec.ts";

/** Flags of every command. */
export const globalFlags: readonly FlagSpec[] = [
  {
    name: "output",
    short: "o",
    type: "string",
    value: "FORMAT",
    choices: ["table", "wide", "name", "json", "jsonl", "yaml", "none"],
    defaultText: "table",
    summary: "How the result is printed",
  },
  {
    name: "jq",
    type: "string",
    value: "EXPR",
    summary: "Print what a jq expression makes of the JSON result (implies -o json)",
  },
  { name: "quiet", short: "q", type: "boolean", summary: "Print names or ids only, no notices" },
  {
    name: "color",
    type: "string",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    defaultText: "auto",
    summary: "Use colours",
  },
  {
    name: "timeout",
    type: "duration",
    value: "DURATION",
    summary: "Give up after this time (exit 124); executions are cancelled",
  },
  {
    name: "context",
    type: "string",
    value: "NAME",
    complete: "context",
    summary: "Whom to talk to, this once: local or a server that you logged in to",
  },
  { name: "no-input", type: "boolean", summary: "Never ask anything (STIGMER_NO_INPUT=1)" },
  { name: "yes", short: "y", type: "boolean", summary: "Answer every confirmation with yes" },
  { name: "no-start", type: "boolean", summary: "Do not start the daemon when none runs (exit 7)" },
  { name: "help", short: "h", type: "boolean", summary: "Show help" },
];

export const pagingFlags: readonly FlagSpec[] = [
  {
    name: "label",
    short: "l",
    type: "string",
    value: "K=V",
    repeated: true,
    summary: "Only what carries this label",
  },
  {
    name: "limit",
    type: "integer",
    value: "N",
    defaultText: "50",
    summary: "At most this many, 1 to 1000",
  },
  { name: "cursor", type: "string", value: "CURSOR", summary: "Go on behind an earlier page" },
  { name: "all", type: "boolean", summary: "Every page" },
];

export const labelFlag: FlagSpec = {
  name: "label",
  short: "l",
  type: "string",
  value: "K=V",
  repeated: true,
  summary: "Label to select it by",
};

export const cascadeFlag: FlagSpec = {
  name: "cascade",
  type: "boolean",
  summary: "Delete what refers to it, too",
};

export const environmentFlag: FlagSpec = {
  name: "environment",
  short: "e",
  type: "string",
  value: "ENVIRONMENT",
  repeated: true,
  complete: "environment",
  summary: "Environment whose values are bound to it; the last one wins",
};

/** Of one execution; the agent keeps its own. */
export const modelFlag: FlagSpec = {
  name: "model",
  short: "m",
  type: "string",
  value: "PROVIDER/MODEL",
  summary: "Another model, this time",
};

export const outputSchemaFlag: FlagSpec = {
  name: "output-schema",
  type: "string",
  value: "FILE",
  complete: "file",
  summary: "JSON Schema (2020-12) of the answer, which is JSON then",
};

export const trustFlag: FlagSpec = {
  name: "trust",
  type: "boolean",
  summary: "Consent to what will be run",
};

export const standaloneFlag: FlagSpec = {
  name: "standalone",
  type: "boolean",
  summary: "Use a daemon and data folder of its own that end with the command",
};

export const waitFlag: FlagSpec = {
  name: "wait",
  type: "duration",
  value: "DURATION",
  defaultText: "10m without a terminal",
  summary: "Stop waiting after this time, leave it running (exit 8)",
};

/** Waits longer than any call of ours should take by itself. */
export const jobDeadlineMs = 180_000;
