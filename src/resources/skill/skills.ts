import { clone, create } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import { type Skill, SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import {
  type PushSkillRequest,
  type PushSkillResponse,
  PushSkillResponseSchema,
  type TagSkillRequest,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import { versionOf } from "../references.ts";
import type { ResourceService, WriteContext } from "../resource-service.ts";
import { fromRow } from "../stored-resource.ts";
import { removeTags, tagVersion } from "./skill-versions.ts";

/** How often a tag is given anew because somebody changed the skill meanwhile. */
const maxAttempts = 20;

/** What skills can do besides being resources. */
export class Skills {
  readonly #resources: ResourceService;

  constructor(resources: ResourceService) {
    this.#resources = resources;
  }

  /** Files and tags in one write. What the skill is called and labelled stays, where none is sent. */
  async push(request: PushSkillRequest, context: WriteContext): Promise<PushSkillResponse> {
    const { tags } = request;
    const sent = request.skill ?? create(SkillSchema);
    const row = this.#resources.named(sent);
    const before = row && (fromRow(this.#resources.kind, row) as Skill);
    const skill = await this.#resources.apply(
      before ? withFilesOf(before, sent) : sent,
      context,
      tags.length === 0 ? undefined : (stored) => tagNewest(stored as Skill, tags),
    );
    return create(PushSkillResponseSchema, {
      skill: skill as Skill,
      previousVersion: before?.metadata?.revision ?? "",
    });
  }

  /** Throws `not-found` for a version that is not there. */
  async tag(request: TagSkillRequest, context: WriteContext): Promise<Skill> {
    for (let attempt = 1; ; attempt++) {
      const row = this.#resources.find(request.skill);
      const hash = versionOf(this.#resources.kind, row, request.version || "latest");
      try {
        // With the version that was read: a push in between must not be undone.
        return (await this.#resources.update(
          fromRow(this.#resources.kind, row),
          context,
          (stored) => {
            removeTags(stored as Skill, request.removedTags);
            tagVersion(stored as Skill, hash, request.tags);
          },
        )) as Skill;
      } catch (thrown) {
        const isOvertaken = toStigmerError(thrown).code === "conflict";
        if (!isOvertaken || attempt === maxAttempts) throw thrown;
      }
    }
  }
}

function withFilesOf(before: Skill, { metadata, spec }: Skill): Skill {
  const next = clone(SkillSchema, before);
  if (spec) next.spec = spec;
  const kept = next.metadata;
  if (!kept) return next;
  kept.resourceVersion = metadata?.resourceVersion ?? "";
  kept.name = metadata?.name || kept.name;
  Object.assign(kept.labels, metadata?.labels);
  Object.assign(kept.annotations, metadata?.annotations);
  return next;
}

function tagNewest(skill: Skill, tags: readonly string[]): void {
  const [newest] = skill.status?.versions ?? [];
  if (!newest) throw new StigmerError("internal", "a skill that is written has a version");
  tagVersion(skill, newest.hash, tags);
}
