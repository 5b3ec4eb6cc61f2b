import { StigmerError } from "../../contract/errors.ts";
import type {
  ResourceChange,
  ResourceSetChanges,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { locateViolations } from "../manifest/locate-violations.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { unifiedDiff } from "../output/unified-diff.ts";
import { changeName, changesOutput, isChange, writtenPart } from "../resources/resource-change.ts";

/** Below the time of the command itself, so that the daemon's answer comes first. */
const callTimeoutMs = 55_000;

export async function applyFiles(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const expectsNone = invocation.enabled("expect-no-changes");
  const isPlan = expectsNone || invocation.enabled("dry-run");
  const { changes } = await sendSet(isPlan ? "plan" : "apply", invocation, context);
  const output = changesOutput(changes, isPlan ? " (dry run)" : "");
  return { output, exitCode: expectsNone ? differenceCode(changes) : exitCodes.done };
}

/** What the files would change, as a unified diff of each resource. */
export async function diffFiles(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { changes } = await sendSet("plan", invocation, context);
  const { stringify } = await import("yaml");
  const yaml = (document: ResourceChange["before"]): string => {
    const written = writtenPart(document);
    return written === undefined ? "" : stringify(written, { lineWidth: 0 });
  };
  const differing = changes.filter(isChange);
  const compared = differing.map((change) => ({
    oldName: `${changeName(change)} (stored)`,
    newName: `${changeName(change)} (files)`,
    old: yaml(change.before),
    next: yaml(change.after),
  }));
  return {
    output: {
      ...changesOutput(differing),
      text: (style) => compared.map((each) => unifiedDiff(each, style)).join(""),
    },
    exitCode: differenceCode(changes),
  };
}

async function sendSet(
  method: "plan" | "apply",
  invocation: Invocation,
  context: CommandContext,
): Promise<ResourceSetChanges> {
  const pruneSelector = pruneSelectorOf(invocation);
  const manifest = await readManifest(invocation.texts("file"), context);
  const set = { documents: manifest.map(({ document }) => document), pruneSelector };
  try {
    const timeoutMs = callTimeoutMs;
    return await context.daemon.call(ResourceSetController.method[method], set, { timeoutMs });
  } catch (thrown) {
    throw locateViolations(thrown, manifest);
  }
}

/** Without labels a prune would delete whatever other files wrote. */
function pruneSelectorOf(invocation: Invocation): string {
  const labels = invocation.texts("label").filter((label) => label.trim() !== "");
  if (invocation.enabled("prune") === labels.length > 0) return labels.join(",");
  const [message, hint] =
    labels.length > 0
      ? ["--label selects what --prune deletes, and --prune is missing.", "Add --prune."]
      : [
          "--prune needs -l: which of the applied resources these files are.",
          "--prune -l app=shop",
        ];
  throw new StigmerError("usage", message, { hint });
}

function differenceCode(changes: readonly ResourceChange[]): number {
  return changes.some(isChange) ? exitCodes.different : exitCodes.done;
}
