import { StigmerError } from "../../contract/errors.ts";
import {
  type ResourceChange,
  type ResourceDocument,
  ResourceEffect,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kinds } from "../../contract/kinds.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { sendSet } from "../manifest/send-set.ts";
import { changeName, changesOutput } from "../resources/resource-change.ts";
import { kindNameOf } from "../resources/with-kind.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { withInlineFiles } from "../skill/skill-documents.ts";
import type { Terminal } from "../terminal.ts";
import { documentStream } from "../transfer/document-stream.ts";
import { NeededSupplies } from "../transfer/needed-supplies.ts";
import { readImport } from "../transfer/read-import.ts";

/** Writes what users wrote to stdout, one document at a time. */
export async function exportResources(
  invocation: Invocation,
  { daemon, terminal, preferences }: CommandContext,
): Promise<CommandResult> {
  const request = {
    kinds: exportedKinds(invocation),
    labelSelector: invocation.texts("label").join(","),
  };
  const supplies = new NeededSupplies();
  const documents = async function* (): AsyncGenerator<ResourceDocument> {
    for await (const part of daemon.stream(ResourceSetController.method.export, request)) {
      for (const document of part.documents) {
        supplies.add(document);
        yield await withoutArtifacts(document, daemon);
      }
    }
  };
  for await (const text of documentStream(documents(), preferences.format)) {
    await terminal.data(text);
  }
  for (const who of supplies.unknownFields) {
    terminal.warn(`${who} has fields that this version does not know: they are not in the export`);
  }
  sayWhatIsNeeded(supplies, "Not in the export, to be supplied where it is imported:", terminal);
  return {};
}

/** A skill's files stand in its document. */
async function withoutArtifacts(
  document: ResourceDocument,
  daemon: DaemonConnection,
): Promise<ResourceDocument> {
  const { resource } = document;
  if (resource.case !== "skill") return document;
  const value = await withInlineFiles(daemon, resource.value);
  return { ...document, resource: { case: "skill", value } };
}

/** Makes the stored resources what an export says. Starts nothing. */
export async function importResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { terminal } = context;
  const manifest = await readImport(importedPlace(invocation, terminal), context);
  const isPlan = invocation.enabled("dry-run");
  const set = { manifest, imported: true };
  const { changes } = await sendSet(isPlan ? "plan" : "apply", set, context);
  const supplies = new NeededSupplies();
  for (const { document } of manifest) supplies.add(document);
  sayWhatIsNeeded(supplies, "Not in the import, to be supplied here:", terminal);
  for (const change of changes.filter(isHeldSchedule)) {
    terminal.say(`${changeName(change)} starts nothing until it is applied or updated here.`);
  }
  return { output: changesOutput(changes, isPlan ? " (dry run)" : "") };
}

function exportedKinds(invocation: Invocation): ApiResourceKind[] {
  const words = invocation.arguments("KIND");
  if (invocation.enabled("all") === words.length > 0) {
    const message = words.length > 0 ? "--all is every kind." : "What to export is missing.";
    throw new StigmerError("usage", message, {
      hint: "stigmer export --all, or stigmer export agent mcpserver",
    });
  }
  const names = words.map(kindNameOf);
  return kinds
    .filter(({ info }) => names.some((name) => name === info.name.toLowerCase()))
    .map(({ number }) => number);
}

/** A terminal is asked for nothing that nobody told it to read. */
function importedPlace(invocation: Invocation, terminal: Terminal): string {
  const place = invocation.text("file");
  if (place !== undefined) return place;
  if (!terminal.stdinIsTerminal) return "-";
  throw new StigmerError("usage", "What to import is missing.", {
    hint: "stigmer import -f FILE, or stigmer import < FILE",
  });
}

function sayWhatIsNeeded(supplies: NeededSupplies, title: string, terminal: Terminal): void {
  const lines = supplies.lines();
  if (lines.length > 0) terminal.say(title);
  for (const line of lines) terminal.say(`  ${line}`);
}

function isHeldSchedule({ kind, effect }: ResourceChange): boolean {
  return kind === ApiResourceKind.SCHEDULE && effect !== ResourceEffect.UNCHANGED;
}
