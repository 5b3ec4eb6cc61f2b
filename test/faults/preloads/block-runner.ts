/**
 * Starts runners whose loop blocks for good after their first tool call; those after the first are
 * sound. Loaded by the daemon, and by each runner in its turn.
 */
import { existsSync, writeFileSync } from "node:fs";
import { McpToolBox } from "../../../src/runners/agent/mcp-tool-box.ts";

const home = process.env["STIGMER_HOME"] ?? "";
const isBlocked = `${home}/is-blocked`;

if (process.argv.includes("__daemon")) {
  const launcher = `${home}/launch-runner`;
  const lines = ["#!/bin/sh", `exec "${process.execPath}" --preload "${import.meta.path}" "$@"`];
  writeFileSync(launcher, `${lines.join("\n")}\n`, { mode: 0o700 });
  // Runners are started as the program that runs now.
  process.execPath = launcher;
} else {
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this` below
  const call = McpToolBox.prototype.call;
  McpToolBox.prototype.call = async function blocking(this: McpToolBox, invocation) {
    const answer = await call.call(this, invocation);
    if (existsSync(isBlocked)) return answer;
    writeFileSync(isBlocked, "");
    for (;;);
  };
}
