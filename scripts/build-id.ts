import { Glob } from "bun";
import { repositoryRoot } from "./repository.ts";

/** Everything but `src/` that decides what ends up in the binary. */
const otherInputs = ["package.json", "bun.lock", "scripts/build-binary.ts"];

/**
 * 16 hex digits over the sources, the lock file and the compiler: two binaries with the same id
 * behave alike, so a daemon and its runners compare it.
 */
export async function buildId(target: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256").update(`${Bun.version}\0${target}\0`);
  for (const path of await inputs()) {
    hash.update(`${path}\0`).update(await Bun.file(`${repositoryRoot}${path}`).bytes());
  }
  return hash.digest("hex").slice(0, 16);
}

async function inputs(): Promise<string[]> {
  const sources = await Array.fromAsync(new Glob("src/**/*").scan(repositoryRoot));
  return [...sources.filter((path) => !path.endsWith(".test.ts")), ...otherInputs].toSorted();
}
