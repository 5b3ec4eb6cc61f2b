import { dirname, join } from "node:path";
import { Glob } from "bun";
import { StigmerError } from "../../contract/errors.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import type { Project } from "./project.ts";

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
 * The files and folders of a project's definitions, seen from the working folder.
 *
 * @throws StigmerError `not-found` for a pattern that nothing matches
 */
export function projectPlaces({ folder, resources, file }: Project): string[] {
  const entries = resources ?? usualPlaces;
  const found = entries.flatMap((entry) => {
    if (!isPattern(entry)) return [entry];
    const matches = [...new Glob(entry).scanSync({ cwd: folder })].toSorted();
    if (matches.length === 0 && resources) throw matchesNothing(entry, file);
    return matches;
  });
  return [...new Set(found)].map((place) => join(dirname(file), place));
}

function isPattern(entry: string): boolean {
  return /[*?{[]/.test(entry);
}

function matchesNothing(entry: string, file: string): StigmerError {
  return new StigmerError("not-found", `${file}: resources: nothing matches "${entry}".`, {
    hint: "Patterns are seen from the folder of the project file.",
  });
}
