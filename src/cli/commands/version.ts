import { buildId, version } from "../../system/version.ts";
import type { CommandResult } from "../command-result.ts";
import { textOutput } from "../output/item-output.ts";

/** Of this program; the daemon's own stands in `stigmer local status`. */
export async function showVersion(): Promise<CommandResult> {
  return { output: textOutput(`stigmer ${version}\n`, { version, buildId }) };
}
