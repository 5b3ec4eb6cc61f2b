import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { toJson } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type ImportHistoryResponse,
  ImportHistoryResponseSchema,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import {
  type ResourceChange,
  ResourceEffect,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { readText, readTextFile } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { checkManifest } from "../manifest/check-manifest.ts";
import { sendSet } from "../manifest/send-set.ts";
import { changeName, changesOutput } from "../resources/resource-change.ts";
import type { Terminal } from "../terminal.ts";
import { importedHistoryText } from "../transfer/history/history-text.ts";
import { readHistory } from "../transfer/history/read-history.ts";
import { readMcpJson, type ServerReport } from "../transfer/mcp-json/read-mcp-json.ts";
import { NeededSupplies } from "../transfer/needed-supplies.ts";
import { readImport } from "../transfer/read-import.ts";

/** Makes the stored resources what an export says. Starts nothing. */
export async function importResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  refuseTogether(invocation, "from", "file");
  refuseTogether(invocation, "include-history", "dry-run");
  const { terminal } = context;
  const { manifest, report } = await readImported(invocation, context);
  sayReport(report, terminal);
  const isPlan = invocation.enabled("dry-run");
  const changes = await sendManifest(manifest, isPlan, context);
  const history = await importHistory(invocation, context);
  const output = changesOutput(changes, isPlan ? " (dry run)" : "");
  const rest = { ...(report && { servers: serversDocument(report) }), ...historyDocument(history) };
  return { output: { ...output, json: () => ({ ...(output.json() as JsonObject), ...rest }) } };
}

async function sendManifest(
  manifest: Imported["manifest"],
  isPlan: boolean,
  context: CommandContext,
): Promise<readonly ResourceChange[]> {
  if (manifest.length === 0) return [];
  const set = { manifest, imported: true };
  const { changes } = await sendSet(isPlan ? "plan" : "apply", set, context);
  const { terminal } = context;
  const supplies = new NeededSupplies();
  for (const { document } of manifest) supplies.add(document);
  supplies.tell(terminal, "Not in the import, to be supplied here:");
  for (const change of changes.filter(isHeldSchedule)) {
    terminal.say(`${changeName(change)} starts nothing until it is applied or updated here.`);
  }
  return changes;
}

async function importHistory(
  invocation: Invocation,
  { daemon, terminal, signal }: CommandContext,
): Promise<ImportHistoryResponse | undefined> {
  const file = invocation.text("include-history");
  if (file === undefined) return undefined;
  const history = await readHistory({ daemon, file, signal });
  for (const line of importedHistoryText(history)) terminal.say(line);
  return history;
}

interface Imported {
  readonly manifest: readonly ManifestDocument[];
  /** Of a file of another program; absent for one of ours. */
  readonly report?: readonly ServerReport[];
}

async function readImported(invocation: Invocation, context: CommandContext): Promise<Imported> {
  const from = invocation.text("from");
  if (from !== undefined) return await readServers(from, context);
  const place = importedPlace(invocation, context.terminal);
  // A history may come alone.
  if (place === undefined) return { manifest: [] };
  const manifest = await readImport(place, context);
  const isHistory = invocation.has("include-history");
  return { manifest: isHistory && manifest.isEmpty ? [] : await checkManifest(manifest, context) };
}

async function readServers(from: string, context: CommandContext): Promise<Imported> {
  const text = from === "-" ? await readText(from, context) : await readTextFile(from);
  const read = readMcpJson(from === "-" ? "stdin" : from, text);
  if (read.manifest.length > 0) return read;
  sayReport(read.report, context.terminal);
  throw new StigmerError("invalid-argument", "There is no server that could be imported.", {
    hint: "Add it by hand: stigmer mcp add --help",
  });
}

/** A terminal is asked for nothing that nobody told it to read. */
function importedPlace(invocation: Invocation, terminal: Terminal): string | undefined {
  const place = invocation.text("file");
  if (place !== undefined) return place;
  if (!terminal.stdinIsTerminal) return "-";
  if (invocation.has("include-history")) return undefined;
  throw new StigmerError("usage", "What to import is missing.", {
    hint: "stigmer import -f FILE, or stigmer import < FILE",
  });
}

function refuseTogether(invocation: Invocation, one: string, other: string): void {
  if (!invocation.has(one) || !invocation.has(other)) return;
  throw new StigmerError("usage", `--${one} and --${other} do not go together.`, {
    hint: "Do one after the other.",
  });
}

function sayReport(report: Imported["report"] = [], terminal: Terminal): void {
  for (const { server, notes } of report) {
    for (const note of notes) terminal.warn(`${server}: ${note}`);
  }
}

function serversDocument(report: readonly ServerReport[]): JsonValue {
  return report.map(({ server, carried, notes }) => ({ server, carried, notes: [...notes] }));
}

function historyDocument(history: ImportHistoryResponse | undefined): JsonObject {
  if (!history) return {};
  const options = { alwaysEmitImplicit: true };
  return { history: toJson(ImportHistoryResponseSchema, history, options) };
}

function isHeldSchedule({ kind, effect }: ResourceChange): boolean {
  return kind === ApiResourceKind.SCHEDULE && effect !== ResourceEffect.UNCHANGED;
}
