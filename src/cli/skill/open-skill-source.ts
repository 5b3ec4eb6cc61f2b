import { stat } from "node:fs/promises";
import { unreadableFile } from "../input/unreadable-file.ts";
import { readSkillArchive } from "./read-skill-archive.ts";
import { readSkillFolder } from "./read-skill-folder.ts";
import type { SkillSource } from "./skill-source.ts";

/** A folder or a zip archive, whichever is there. Throws `invalid-argument` for anything else. */
export async function openSkillSource(place: string): Promise<SkillSource> {
  const found = await stat(place).catch((cause: unknown) => {
    throw unreadableFile(place, cause);
  });
  return found.isDirectory() ? await readSkillFolder(place) : await readSkillArchive(place);
}
