import { repositoryRoot } from "../../scripts/repository.ts";

/** This Bun over the sources. */
export const commandLine: readonly [program: string, entry: string] = [
  process.execPath,
  `${repositoryRoot}src/cli.ts`,
];
