import { StigmerError } from "../../contract/errors.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import type { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kinds } from "../../contract/kinds.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import type { Invocation } from "../invocation.ts";
import { kindNameOf } from "../resources/with-kind.ts";
import { convertedVersions, withInlineFiles } from "../skill/skill-documents.ts";
import { documentStream } from "../transfer/document-stream.ts";
import { type ExportedDocument, exportedDocuments } from "../transfer/exported-documents.ts";
import { exportedHistoryText } from "../transfer/history/history-text.ts";
import { writeHistory } from "../transfer/history/write-history.ts";
import { NeededSupplies } from "../transfer/needed-supplies.ts";

/** Writes what users wrote to stdout, one document at a time. */
export async function exportResources(
  invocation: Invocation,
  { daemon, terminal, preferences, signal }: CommandContext,
): Promise<CommandResult> {
  const request = {
    kinds: exportedKinds(invocation),
    labelSelector: invocation.texts("label").join(","),
  };
  const supplies = new NeededSupplies();
  await using beside = daemon.beside();
  const documents = async function* (): AsyncGenerator<ExportedDocument> {
    const parts = daemon.stream(ResourceSetController.method.export, request);
    for await (const exported of exportedDocuments(parts)) {
      supplies.add(exported.document);
      yield await withoutArtifacts(exported, beside);
    }
  };
  for await (const text of documentStream(documents(), preferences.format)) {
    await terminal.data(text);
  }
  for (const who of supplies.unknownFields) {
    terminal.warn(`${who} has fields that this version does not know: they are not in the export`);
  }
  supplies.tell(terminal, "Not in the export, to be supplied where it is imported:");
  const file = invocation.text("include-history");
  if (file !== undefined) {
    const written = await writeHistory({ daemon, file, signal });
    for (const line of exportedHistoryText(file, written)) terminal.say(line);
  }
  return {};
}

/** A skill's files stand in its document. */
async function withoutArtifacts(
  { document, versions }: ExportedDocument,
  daemon: DaemonConnection,
): Promise<ExportedDocument> {
  const { resource } = document;
  if (resource.case !== "skill") return { document, versions };
  const inlined = async (skill: Skill): Promise<Skill> => await withInlineFiles(daemon, skill);
  const value = await inlined(resource.value);
  return {
    document: { ...document, resource: { case: "skill", value } },
    versions: await convertedVersions(versions, inlined),
  };
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
