import { fileURLToPath } from "node:url";

/** The folder of the repository, with a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url));

/** The version that this tree builds, from `package.json`. */
export async function repositoryVersion(): Promise<string> {
  const manifest: { version: string } = await Bun.file(`${repositoryRoot}package.json`).json();
  return manifest.version;
}
