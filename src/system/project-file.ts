import { type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** The file that makes a folder a project. */
export const projectFileName = "stigmer.yaml";

export type FoundProjectFile =
  | { readonly kind: "own"; readonly path: string }
  /** Another user's: what it says is not what this one wants. */
  | { readonly kind: "foreign"; readonly path: string };

/**
 * Looks for `stigmer.yaml` in a folder and those above it. Another file system ends the search, and
 * so does the home folder, which is no project unless the search starts there.
 */
export function findProjectFile(
  start: string,
  home: string | undefined,
): FoundProjectFile | undefined {
  const device = statOf(start)?.dev;
  for (let folder = start; ; folder = dirname(folder)) {
    if (folder !== start && (folder === home || statOf(folder)?.dev !== device)) return undefined;
    const path = join(folder, projectFileName);
    const stats = statOf(path);
    if (stats?.isFile()) return { kind: isOwn(stats) ? "own" : "foreign", path };
    if (folder === home || dirname(folder) === folder) return undefined;
  }
}

function isOwn({ uid }: Stats): boolean {
  const user = process.getuid?.();
  return user === undefined || uid === user;
}

/** Undefined for what is not there, and for what this user may not see. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
