import { ResourceEffect } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { sendSet } from "../manifest/send-set.ts";
import { tellFirstStarts } from "../resources/first-starts.ts";
import { changesOutput, isChange } from "../resources/resource-change.ts";
import type { Project } from "./project.ts";
import { readProjectManifest } from "./read-project-manifest.ts";

/** Applies the definitions of a project and says what that changed. Returns its agents, by slug. */
export async function applyProject(project: Project, context: CommandContext): Promise<string[]> {
  const { terminal } = context;
  const manifest = await readProjectManifest(project, context);
  if (manifest.length === 0) return [];
  const { changes } = await sendSet("apply", { manifest }, context);
  const said = changesOutput(changes.filter(isChange)).text(terminal.noticeStyle, "table");
  if (said !== "") terminal.say(said.trimEnd());
  await tellFirstStarts(changes, context);
  return changes
    .filter(
      ({ kind, effect }) => kind === ApiResourceKind.AGENT && effect !== ResourceEffect.DELETED,
    )
    .map(({ slug }) => slug);
}
