import { StigmerError } from "../../contract/errors.ts";
import type {
  ResourceChange,
  ResourceSetChanges,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { checkManifest } from "../manifest/check-manifest.ts";
import { openManifest } from "../manifest/read-manifest.ts";
import { sendSet, type SetMethod } from "../manifest/send-set.ts";
import type { TextStyle } from "../output/output.ts";
import { unifiedDiff } from "../output/unified-diff.ts";
import { yamlText } from "../output/yaml-text.ts";
import { readProjectManifest } from "../project/read-project-manifest.ts";
import { workflowWarnings } from "../workflow/workflow-warnings.ts";
import { tellFirstStarts } from "../resources/first-starts.ts";
import { changeName, changesOutput, isChange, writtenPart } from "../resources/resource-change.ts";

export async function applyFiles(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const expectsNone = invocation.enabled("expect-no-changes");
  const isPlan = expectsNone || invocation.enabled("dry-run");
  const { changes } = await sendFiles(isPlan ? "plan" : "apply", invocation, context);
  if (!isPlan) await tellFirstStarts(changes, context);
  const output = changesOutput(changes, isPlan ? " (dry run)" : "");
  return { output, exitCode: expectsNone ? differenceCode(changes) : exitCodes.done };
}

/** What the files would change, as a unified diff of each resource. */
export async function diffFiles(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { changes } = await sendFiles("plan", invocation, context);
  const differing = changes.filter(isChange);
  return {
    output: {
      ...changesOutput(differing),
      text: (style) => differing.map((change) => differenceText(change, style)).join(""),
    },
    exitCode: differenceCode(changes),
  };
}

/** What is no part of the resource as it is written, such as a tag, is said in a sentence. */
function differenceText(change: ResourceChange, style: TextStyle): string {
  const compared = {
    oldName: `${changeName(change)} (stored)`,
    newName: `${changeName(change)} (files)`,
    old: writtenYaml(change.before),
    next: writtenYaml(change.after),
  };
  return unifiedDiff(compared, style) || changesOutput([change]).text(style, "table");
}

function writtenYaml(document: ResourceChange["before"]): string {
  const written = writtenPart(document);
  return written === undefined ? "" : yamlText(written);
}

/** The files that were named, otherwise those of the project. */
async function sendFiles(
  method: SetMethod,
  invocation: Invocation,
  context: CommandContext,
): Promise<ResourceSetChanges> {
  const pruneSelector = pruneSelectorOf(invocation);
  const named = invocation.texts("file");
  const project = named.length > 0 ? undefined : await context.project.get();
  const manifest = project
    ? await readProjectManifest(project, context)
    : await checkManifest(await openManifest(named, context), context);
  if (project && manifest.length === 0) throw nothingInProject(project.file);
  const answer = await sendSet(method, { manifest, pruneSelector }, context);
  for (const warning of workflowWarnings(manifest)) context.terminal.warn(warning);
  return answer;
}

function nothingInProject(file: string): StigmerError {
  return new StigmerError("usage", `The project of ${file} has no definitions yet.`, {
    hint: "Write one into agents/, or name files with -f.",
  });
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
