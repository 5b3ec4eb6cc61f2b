import { realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Glob } from "bun";
import { StigmerError } from "../../contract/errors.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { findManifestFiles } from "../manifest/manifest-files.ts";
import { manifestError, type ManifestProblem } from "../manifest/manifest-problem.ts";
import type { Project, ProjectResource } from "./project.ts";

const definitions = "*.{yaml,yml,json}";

/** Where definitions are when the project does not say. A skill has files of its own below it. */
const usualPlaces = [
  ...["agents", "mcp", "environments", "workflows", "schedules"].map(
    (folder) => `${folder}/**/${definitions}`,
  ),
  `skills/${definitions}`,
  `skills/*/${skillDocumentPath}`,
];

/**
 * The files and skill folders of a project's definitions, seen from the working folder.
 *
 * @throws StigmerError `not-found` for a pattern that nothing matches; `invalid-argument` for what
 * leads out of the project's folder through a link, and for what cannot be read
 */
export async function projectPlaces(project: Project): Promise<string[]> {
  const places: string[] = [];
  const problems: ManifestProblem[] = [];
  const root = realpathSync(project.folder);
  for (const resource of project.resources ?? usualResources(project)) {
    const found = await foundAt(resource, project);
    places.push(...found);
    const leaving = found.find((place) => !isBelow(realpathSync(place), root));
    if (leaving !== undefined) problems.push(leadsOut(leaving, resource));
  }
  if (problems.length > 0) throw manifestError(problems);
  return [...new Set(places)];
}

function usualResources({ file }: Project): ProjectResource[] {
  return usualPlaces.map((entry) => ({ entry, at: file, path: "" }));
}

async function foundAt({ entry }: ProjectResource, project: Project): Promise<string[]> {
  const found: string[] = [];
  for (const place of matchesOf(entry, project)) {
    const { files, skillFolders } = await findManifestFiles(join(dirname(project.file), place));
    found.push(...files, ...skillFolders);
  }
  return found;
}

function matchesOf(entry: string, { folder, resources, file }: Project): string[] {
  if (!isPattern(entry)) return [entry];
  const matches = [...new Glob(entry).scanSync({ cwd: folder })].toSorted();
  if (matches.length === 0 && resources) throw matchesNothing(entry, file);
  return matches;
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

function leadsOut(place: string, { at, path }: ProjectResource): ManifestProblem {
  const message = `${place} is a link that leads out of the project's folder`;
  return { at, path, rule: "inside", message };
}

function isPattern(entry: string): boolean {
  return /[*?{[]/.test(entry);
}

function matchesNothing(entry: string, file: string): StigmerError {
  return new StigmerError("not-found", `${file}: resources: nothing matches "${entry}".`, {
    hint: "Patterns are seen from the folder of the project file.",
  });
}
