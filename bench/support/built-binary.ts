import { existsSync } from "node:fs";
import { repositoryRoot } from "../../scripts/repository.ts";

/** @throws when it was not built yet */
export function builtBinary(): string {
  const path = `${repositoryRoot}dist/stigmer`;
  if (!existsSync(path)) throw new Error("dist/stigmer is not there: bun run build");
  return path;
}

/** An executable that does nothing: what every start of a compiled Bun program costs. */
export async function buildEmptyBinary(path: string): Promise<string> {
  await Bun.write(`${path}.ts`, "");
  const built = Bun.spawnSync(
    [process.execPath, "build", "--compile", "--bytecode", "--format=esm", `${path}.ts`].concat(
      `--outfile=${path}`,
    ),
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  return path;
}
