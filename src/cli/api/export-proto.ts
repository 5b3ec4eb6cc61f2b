import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, StigmerError } from "../../contract/errors.ts";
import sources from "../../contract/gen/proto-sources.json";

/**
 * Writes the `.proto` files of this version below a folder and returns their paths.
 *
 * @throws StigmerError `failed-precondition` when the folder cannot be written.
 */
export async function exportProto(folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const [path, text] of Object.entries(sources)) {
    const target = join(folder, path);
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    } catch (cause) {
      throw new StigmerError("failed-precondition", `Cannot write ${target}: ${messageOf(cause)}`, {
        hint: "Name a folder that you can write.",
        cause,
      });
    }
    written.push(target);
  }
  return written;
}
