import type {
  ResourceDocument,
  ResourceSet,
  TaggedSkillVersion,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";

/** A document as a file has it: a skill with its versions, oldest first. */
export interface ExportedDocument {
  readonly document: ResourceDocument;
  readonly versions: readonly TaggedSkillVersion[];
}

type SetPart = Pick<ResourceSet, "documents" | "skillVersions">;

/** Brings skills and their versions together, which may stand in several parts of an export. */
export async function* exportedDocuments(
  parts: AsyncIterable<SetPart>,
): AsyncGenerator<ExportedDocument> {
  let open: (ExportedDocument & { versions: TaggedSkillVersion[] }) | undefined;
  for await (const { documents, skillVersions } of parts) {
    const versions = Map.groupBy(skillVersions, ({ skill }) => skill);
    open?.versions.push(...versionsOf(open.document, versions));
    for (const document of documents) {
      if (open) yield open;
      open = { document, versions: [...versionsOf(document, versions)] };
    }
  }
  if (open) yield open;
}

function versionsOf(
  { resource }: ResourceDocument,
  versions: ReadonlyMap<string, readonly TaggedSkillVersion[]>,
): readonly TaggedSkillVersion[] {
  if (resource.case !== "skill") return [];
  return versions.get(resource.value.metadata?.slug ?? "") ?? [];
}
