import { StigmerError } from "../../contract/errors.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import {
  type PushSkillResponse,
  SkillCommandController,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";
import {
  type ArtifactSizes,
  shortHash,
  skillKind,
  skillKindWith,
} from "../resources/skill-kind.ts";
import { findArtifact } from "../skill/artifacts.ts";
import { readSkill } from "../skill/read-skill.ts";
import { writeSkillFiles } from "../skill/write-skill-files.ts";

/** Large files of one skill whose sizes are asked for. */
const sizesShown = 100;

export async function pushSkill(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const place = invocation.argument("DIR|FILE.zip");
  const slug = invocation.text("name");
  const sent = await readSkill(place, slug === undefined ? {} : { slug }, context);
  const answer = await context.daemon.call(
    SkillCommandController.method.push,
    { skill: sent, tags: [...invocation.texts("tag")] },
    { metadata: newRequestId() },
  );
  const { skill } = answer;
  if (!skill) throw new StigmerError("internal", "The daemon answered without the skill.");
  const sentence = pushedSentence(skill, answer);
  return { output: changeOutput(skillKind.view, [skill], () => sentence) };
}

export async function listSkills(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(skillKind, invocation, context);
}

export async function getSkill(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const skill = await skillKind.get(daemon, invocation.argument("NAME[@VERSION]"));
  const { view } = skillKindWith(await sizesOf(daemon, skill));
  return { output: itemOutput(view, skill) };
}

export async function deleteSkills(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await deleteResources(skillKind, invocation.arguments("NAME"), { invocation, context });
}

/** Writes the files of a skill as they were pushed, into a folder that is new or empty. */
export async function exportSkill(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const skill = await skillKind.get(daemon, invocation.argument("NAME[@VERSION]"));
  const folder = invocation.optionalArgument("DIR") ?? nameOf(skill);
  if (folder === "-") throw notStdout();
  await writeSkillFiles(daemon, skill.spec?.files ?? [], folder);
  const version = shortHash(skill.metadata?.revision ?? "");
  const sentence = `skill ${nameOf(skill)} exported to ${folder}, version ${version}`;
  return { output: changeOutput(skillKind.view, [skill], () => sentence) };
}

function pushedSentence(skill: Skill, { previousVersion }: PushSkillResponse): string {
  const version = skill.metadata?.revision ?? "";
  const effect =
    previousVersion === "" ? "created" : previousVersion === version ? "unchanged" : "updated";
  const tags = skill.status?.versions[0]?.tags ?? [];
  const tagged = tags.length === 0 ? "" : ` (${tags.join(", ")})`;
  return `skill ${nameOf(skill)} ${effect}, version ${shortHash(version)}${tagged}`;
}

function notStdout(): StigmerError {
  return new StigmerError("usage", "A skill is written into a folder, not to stdout.", {
    hint: "stigmer skill export NAME DIR, or one document: stigmer skill get NAME -o yaml",
  });
}

async function sizesOf(daemon: DaemonConnection, { spec }: Skill): Promise<ArtifactSizes> {
  const hashes = (spec?.files ?? []).flatMap(({ content }) =>
    content.case === "sha256" ? [content.value] : [],
  );
  const found = await Promise.all(
    [...new Set(hashes)].slice(0, sizesShown).map((hash) => findArtifact(daemon, hash)),
  );
  return new Map(
    found.flatMap((each) => (each ? [[each.sha256, Number(each.size)] as const] : [])),
  );
}
