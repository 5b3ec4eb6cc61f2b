import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
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
import { readText, readTextFile } from "../input/read-text.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { readMcpJson, type ServerReport } from "../transfer/mcp-json/read-mcp-json.ts";
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
  const { manifest, report } = await readImported(invocation, context);
  sayReport(report, terminal);
  if (manifest.length === 0) throw nothingCarried();
  const isPlan = invocation.enabled("dry-run");
  const set = { manifest, imported: true };
  const { changes } = await sendSet(isPlan ? "plan" : "apply", set, context);
  const supplies = new NeededSupplies();
  for (const { document } of manifest) supplies.add(document);
  sayWhatIsNeeded(supplies, "Not in the import, to be supplied here:", terminal);
  for (const change of changes.filter(isHeldSchedule)) {
    terminal.say(`${changeName(change)} starts nothing until it is applied or updated here.`);
  }
  const output = changesOutput(changes, isPlan ? " (dry run)" : "");
  return { output: { ...output, json: () => importDocument(output.json(), report) } };
}

interface Imported {
  readonly manifest: readonly ManifestDocument[];
  /** Of a file of another program; absent for one of ours. */
  readonly report?: readonly ServerReport[];
}

async function readImported(invocation: Invocation, context: CommandContext): Promise<Imported> {
  const from = invocation.text("from");
  if (from === undefined) {
    return { manifest: await readImport(importedPlace(invocation, context.terminal), context) };
  }
  if (invocation.has("file")) {
    throw new StigmerError("usage", "--from and --file are two things to import.", {
      hint: "Import one after the other.",
    });
  }
  const text = from === "-" ? await readText(from, context) : await readTextFile(from);
  return readMcpJson(from === "-" ? "stdin" : from, text);
}

function sayReport(report: Imported["report"] = [], terminal: Terminal): void {
  for (const { server, notes } of report) {
    for (const note of notes) terminal.warn(`${server}: ${note}`);
  }
}

function nothingCarried(): StigmerError {
  return new StigmerError("invalid-argument", "There is no server that could be imported.", {
    hint: "Add it by hand: stigmer mcp add --help",
  });
}

function importDocument(changes: JsonValue, report: Imported["report"]): JsonValue {
  if (report === undefined) return changes;
  const servers = report.map(({ server, carried, notes }) => ({
    server,
    carried,
    notes: [...notes],
  }));
  return { ...(changes as JsonObject), servers };
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
