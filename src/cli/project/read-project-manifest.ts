import type { InputSource } from "../input/read-text.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import type { Project } from "./project.ts";
import { projectPlaces } from "./project-places.ts";

/** The definitions of a project; none when it has no files. Throws as `readManifest` does. */
export async function readProjectManifest(
  project: Project,
  source: InputSource,
): Promise<ManifestDocument[]> {
  const places = await projectPlaces(project);
  return places.length === 0 ? [] : await readManifest(places, source);
}
