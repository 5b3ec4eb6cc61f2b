import { fileURLToPath } from "node:url";

/** How `silent-tool-server.ts` is started. */
export const toolServerCommand = {
  command: process.execPath,
  args: [fileURLToPath(new URL("silent-tool-server.ts", import.meta.url))],
};
