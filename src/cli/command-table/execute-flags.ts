import type { FlagSpec } from "../command-spec.ts";
import {
  environmentFlag,
  modelFlag,
  outputSchemaFlag,
  standaloneFlag,
  trustFlag,
  waitFlag,
} from "./shared-flags.ts";

/** Flags of whatever runs an agent once. */
export const executeFlags: readonly FlagSpec[] = [
  {
    name: "session",
    short: "s",
    type: "string",
    value: "ID|@last",
    complete: "session",
    summary: "Continue this conversation",
  },
  environmentFlag,
  {
    name: "env",
    type: "string",
    value: "K=V",
    repeated: true,
    summary: "A value for this execution alone, stored as it is: no place for a secret",
  },
  {
    name: "attach",
    type: "string",
    value: "FILE",
    repeated: true,
    complete: "file",
    summary: "Image, PDF or text that goes with the message",
  },
  modelFlag,
  outputSchemaFlag,
  { name: "detach", short: "d", type: "boolean", summary: "Start it, print its id and leave" },
  waitFlag,
  trustFlag,
  standaloneFlag,
];
