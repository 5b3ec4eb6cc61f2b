import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type ExportRequest,
  type ResourceSet,
  ResourceSetSchema,
  type TaggedSkillVersion,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ApiResourceMetadataSchema } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { type Kind, kindOf } from "../../contract/kinds.ts";
import { apiVersion } from "../../contract/metadata-keys.ts";
import type { Store, StoreReader } from "../../store/store.ts";
import { Pace } from "../../system/pace.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { definitionKinds } from "../referrers.ts";
import type { Resource } from "../resource.ts";
import { renameReferences } from "../rename-references.ts";
import { fromRow } from "../stored-resource.ts";
import { exportedVersions, NamedVersions } from "./export-versions.ts";
import { documentOf } from "./set-member.ts";
import { versionedKind } from "./set-versions.ts";

/** What others refer to comes first. A kind that is not named here comes last. */
const kindOrder: readonly ApiResourceKind[] = [
  ApiResourceKind.ENVIRONMENT,
  ApiResourceKind.MCP_SERVER,
  ApiResourceKind.SKILL,
  ApiResourceKind.AGENT,
  ApiResourceKind.WORKFLOW,
  ApiResourceKind.SCHEDULE,
];

/** Read at once; few enough to be no burden on memory. */
const pageSize = 100;

/**
 * What users wrote, as it is when the first is asked for: one document or one version of a skill at a
 * time, versions right behind their skill.
 *
 * @throws StigmerError `invalid-argument` for a kind that nobody writes or a selector that cannot be
 * read, `data-loss` for a damaged row: an export that leaves something out is none.
 */
export async function* exportSet(
  store: Store,
  { kinds, labelSelector }: ExportRequest,
): AsyncGenerator<ResourceSet> {
  for (const [index, kind] of kinds.entries()) refuseUnwritten(kind, index);
  using snapshot = store.snapshot();
  const pace = new Pace();
  const chosen = inOrder(kinds.length > 0 ? kinds : definitionKinds);
  const named = new NamedVersions(snapshot.read, function* () {
    for (const number of chosen) yield* rowsOf(snapshot.read, number, labelSelector);
  });
  for (const number of chosen) {
    const kind = kindOf(number);
    for (const row of rowsOf(snapshot.read, number, labelSelector)) {
      const document = documentOf(kind, writtenPart(snapshot.read, kind, row));
      yield create(ResourceSetSchema, { documents: [document] });
      for (const version of versionsOf(snapshot.read, row, named)) {
        yield create(ResourceSetSchema, { skillVersions: [version] });
      }
      await pace.rest();
    }
  }
}

function versionsOf(
  read: StoreReader,
  row: ResourceRow,
  named: NamedVersions,
): Iterable<TaggedSkillVersion> {
  return row.kind === versionedKind.number ? exportedVersions(read, row, named) : [];
}

function* rowsOf(
  read: StoreReader,
  kind: ApiResourceKind,
  labelSelector: string,
): Generator<ResourceRow> {
  for (let after = ""; ;) {
    const page = read.listBySlug({ kind, labelSelector, after, limit: pageSize });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.slug ?? "";
  }
}

/** The same wherever it is stored. */
function writtenPart(read: StoreReader, kind: Kind, row: ResourceRow): Resource {
  const { metadata, spec } = fromRow(kind, row);
  const { name = "", slug = "", labels = {}, annotations = {}, tags = [] } = metadata ?? {};
  const written = create(kind.message, { apiVersion, kind: kind.info.name }) as Resource;
  written.metadata = create(ApiResourceMetadataSchema, { name, slug, labels, annotations, tags });
  if (metadata?.$unknown) written.metadata.$unknown = metadata.$unknown;
  if (spec) written.spec = spec;
  renameReferences(read, kind, written);
  return written;
}

function inOrder(kinds: readonly number[]): number[] {
  return kinds.toSorted((one, other) => rankOf(one) - rankOf(other) || one - other);
}

function rankOf(kind: number): number {
  const index = kindOrder.indexOf(kind);
  return index < 0 ? kindOrder.length : index;
}

function refuseUnwritten(kind: ApiResourceKind, index: number): void {
  if (definitionKinds.includes(kind)) return;
  const field = `kinds[${index}]`;
  const message = `${ApiResourceKind[kind]} is no kind that users write`;
  throw new StigmerError("invalid-argument", `${field}: ${message}`, {
    violations: [{ field, rule: "definition", message }],
  });
}
