import { create } from "@bufbuild/protobuf";
import {
  type ResourceDocument,
  ResourceDocumentSchema,
  type ResourceSet,
  type ResourceSetChanges,
  ResourceSetChangesSchema,
  ResourceSetSchema,
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { inParts } from "../../contract/message-parts.ts";
import { readSkill } from "../skill/read-skill.ts";
import { convertedVersions, withStoredFiles } from "../skill/skill-documents.ts";
import type { UploadContext } from "../skill/upload-missing.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { locateViolations } from "./locate-violations.ts";
import { type ManifestDocument, versionsOf } from "./manifest-document.ts";

export type SetMethod = "plan" | "apply";

export interface SentSet {
  readonly manifest: readonly ManifestDocument[];
  /** Empty: nothing is deleted. */
  readonly pruneSelector?: string;
  /** It comes from somewhere else: its schedules are held. */
  readonly imported?: boolean;
}

/** What is large is uploaded first. */
export interface SendContext extends UploadContext {
  readonly daemon: DaemonConnection;
}

/**
 * Has the daemon plan or apply a set as one unit, in as many messages as it needs.
 *
 * @throws StigmerError with the places in the files that the daemon's sentences are about
 */
export async function sendSet(
  method: SetMethod,
  set: SentSet,
  context: SendContext,
): Promise<ResourceSetChanges> {
  try {
    return await exchangeSet(method, set, context);
  } catch (thrown) {
    throw locateViolations(thrown, set.manifest);
  }
}

/** {@link sendSet} with the error as the daemon says it. */
export async function exchangeSet(
  method: SetMethod,
  { manifest, pruneSelector = "", imported = false }: SentSet,
  context: SendContext,
): Promise<ResourceSetChanges> {
  const documents = await documentsToSend(manifest, context);
  const versions = await versionsToSend(manifest, context);
  const answer = create(ResourceSetChangesSchema);
  const first = create(ResourceSetSchema, { pruneSelector, imported });
  const parts = setParts(first, documents, versions);
  const answers = context.daemon.exchange(ResourceSetController.method[method], parts);
  for await (const { changes } of answers) for (const each of changes) answer.changes.push(each);
  return answer;
}

async function* setParts(
  first: ResourceSet,
  documents: readonly ResourceDocument[],
  versions: readonly TaggedSkillVersion[],
): AsyncGenerator<ResourceSet> {
  yield first;
  for await (const part of inParts(ResourceDocumentSchema, documents)) {
    yield create(ResourceSetSchema, { documents: part });
  }
  for await (const part of inParts(TaggedSkillVersionSchema, versions)) {
    yield create(ResourceSetSchema, { skillVersions: part });
  }
}

/** With every file of a skill where the daemon finds it. */
async function documentsToSend(
  manifest: readonly ManifestDocument[],
  context: UploadContext,
): Promise<ResourceDocument[]> {
  const documents: ResourceDocument[] = [];
  for (const { document, skillFolder } of manifest) {
    const { resource } = document;
    if (resource.case !== "skill") documents.push(document);
    else {
      // oxlint-disable-next-line no-await-in-loop -- one skill after the other
      const value = await skillToSend(resource.value, skillFolder, context);
      documents.push({ ...document, resource: { case: "skill", value } });
    }
  }
  return documents;
}

/** In the order of their documents, which errors about them are located by. */
async function versionsToSend(
  manifest: readonly ManifestDocument[],
  context: UploadContext,
): Promise<TaggedSkillVersion[]> {
  const named = manifest.flatMap(versionsOf);
  return await convertedVersions(named, async (skill) => await withStoredFiles(context, skill));
}

async function skillToSend(
  skill: Skill,
  folder: string | undefined,
  context: UploadContext,
): Promise<Skill> {
  if (folder === undefined) return await withStoredFiles(context, skill);
  return await readSkill(folder, { name: skill.metadata?.name ?? "" }, context);
}
