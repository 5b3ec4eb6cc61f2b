/** Writes the pages that are made from the tables of commands and settings: `bun run reference`. */
import { rmSync } from "node:fs";
import { referenceFiles, schemaFolder } from "./reference/reference-files.ts";
import { repositoryRoot } from "./repository.ts";

rmSync(`${repositoryRoot}${schemaFolder}`, { recursive: true, force: true });
for (const [path, text] of referenceFiles()) await Bun.write(`${repositoryRoot}${path}`, text);
