import { killTagged } from "./child-sweep.ts";
import { Containers } from "./containers.ts";
import { processVariables } from "./environment.ts";

/**
 * Ends every process of a tag, then removes the containers that were started under it. Returns the
 * names of those that could not be removed.
 *
 * @param mcpFolder of the data folder that the tag belongs to
 */
export async function endChildren(mcpFolder: string, tagPrefix: string): Promise<string[]> {
  await killTagged(tagPrefix);
  return await new Containers(mcpFolder, processVariables()).sweep(tagPrefix);
}
