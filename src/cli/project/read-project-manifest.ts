import type { InputSource } from "../input/read-text.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { checkManifest, type CheckContext } from "../manifest/check-manifest.ts";
import { openManifest } from "../manifest/read-manifest.ts";
import type { Project } from "./project.ts";
import { projectPlaces } from "./project-places.ts";

/** The definitions of a project; none when it has no files. Throws as `checkManifest` does. */
export async function readProjectManifest(
  project: Project,
  context: CheckContext & InputSource,
): Promise<ManifestDocument[]> {
  const places = await projectPlaces(project);
  return places.length === 0
    ? []
    : await checkManifest(await openManifest(places, context), context);
}
