import type { CommandContext } from "../command-context.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Project } from "./project.ts";
import { readProjectManifest } from "./read-project-manifest.ts";

/**
 * The environments that a project binds: those of its file that its own definitions hold. Its file
 * may be somebody else's work, so what the user stored is bound only when the user names it; of
 * the rest a notice tells.
 */
export async function projectEnvironments(
  project: Project,
  context: CommandContext,
): Promise<string[]> {
  if (project.environments.length === 0) return [];
  const own = new Set((await readProjectManifest(project, context)).map(environmentName));
  for (const name of project.environments) {
    if (own.has(name)) continue;
    context.terminal.warn(
      `${project.file}: defaults.environments: ${name} is left out, the project does not define it; to bind yours: -e ${name}`,
    );
  }
  return project.environments.filter((name) => own.has(name));
}

function environmentName({ document }: ManifestDocument): string | undefined {
  if (document.resource.case !== "environment") return undefined;
  const { slug, name } = document.resource.value.metadata ?? {};
  return slug || name;
}
