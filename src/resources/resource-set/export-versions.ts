import { create, fromBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import {
  type SkillSpec,
  SkillSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { referencesOfResource } from "../kind-rules.ts";
import { findReferred } from "../references.ts";
import { findVersion } from "../skill/skill-versions.ts";
import { fromRow } from "../stored-resource.ts";
import { versionedKind } from "./set-versions.ts";

/** Versions of skills that exported definitions name, found when they are first asked for. */
export class NamedVersions {
  readonly #read: StoreReader;
  readonly #exported: () => Iterable<ResourceRow>;
  #byId: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(read: StoreReader, exported: () => Iterable<ResourceRow>) {
    this.#read = read;
    this.#exported = exported;
  }

  /** What stands behind the `@` in references to this skill. */
  of(id: string): ReadonlySet<string> {
    this.#byId ??= this.#find();
    return this.#byId.get(id) ?? new Set();
  }

  #find(): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, Set<string>>();
    for (const row of this.#exported()) {
      const kind = kindOf(row.kind);
      if (kind === versionedKind) continue;
      for (const reference of referencesOfResource(kind, fromRow(kind, row))) {
        if (reference.kind !== versionedKind) continue;
        const referred = findReferred(this.#read, reference);
        if (!referred || referred.suffix === "") continue;
        const names = found.get(referred.row.id) ?? new Set();
        found.set(referred.row.id, names.add(referred.suffix.slice(1)));
      }
    }
    return found;
  }
}

/**
 * The versions of a skill that carry a tag or are named by what is exported too, oldest first. Throws
 * `data-loss` when the content of one is gone.
 */
export function* exportedVersions(
  read: StoreReader,
  row: ResourceRow,
  named: NamedVersions,
): Generator<TaggedSkillVersion> {
  const { metadata, status } = fromRow(versionedKind, row) as Skill;
  const [current, ...earlier] = status?.versions ?? [];
  const skill = metadata?.slug ?? "";
  if (earlier.length > 0) {
    const hashes = new Set(
      [...named.of(row.id)].map((name) => findVersion(status?.versions ?? [], name)),
    );
    for (const { hash, tags } of earlier.toReversed()) {
      if (tags.length === 0 && !hashes.has(hash)) continue;
      yield create(TaggedSkillVersionSchema, { skill, tags, spec: specOf(read, row, hash) });
    }
  }
  const { tags = [] } = current ?? {};
  if (tags.length > 0) yield create(TaggedSkillVersionSchema, { skill, tags });
}

function specOf(read: StoreReader, row: ResourceRow, hash: string): SkillSpec {
  const revision = read.getRevision(hash);
  if (!revision) throw new StigmerError("data-loss", `version ${hash} of ${row.id} is gone`);
  return fromBinary(SkillSpecSchema, revision.body);
}
