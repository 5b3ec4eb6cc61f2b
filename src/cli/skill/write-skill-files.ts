import { lstat, mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StigmerError } from "../../contract/errors.ts";
import type { SkillFile } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { skillPathProblem } from "../../contract/skill-path.ts";
import { fileError } from "../../system/file-error.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { contentBytes } from "./file-content.ts";
import { skillProblem } from "./skill-problem.ts";

/**
 * Writes the files of a skill as they were pushed, into a folder that is new or empty: all of them
 * or none. Throws `already-exists` for a folder that has something in it.
 */
export async function writeSkillFiles(
  daemon: DaemonConnection,
  files: readonly SkillFile[],
  folder: string,
): Promise<void> {
  const target = resolve(folder);
  await refuseTaken(target, folder);
  await mkdir(dirname(target), { recursive: true }).catch(failing("create", dirname(target)));
  const beside = join(dirname(target), `.${basename(target)}-`);
  const unfinished = await mkdtemp(beside).catch(failing("create", folder));
  try {
    const whole = join(unfinished, "skill");
    await mkdir(whole);
    for (const file of files) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      await writeFile(daemon, whole, file);
    }
    await rename(whole, target).catch(failing("create", folder));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function refuseTaken(target: string, folder: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (!found) return;
  const isEmpty = found.isDirectory() && (await readdir(target)).length === 0;
  if (isEmpty) return;
  throw new StigmerError("already-exists", `${folder} exists already.`, {
    hint: "Nothing was written. Name a folder that is new or empty: stigmer skill export NAME DIR",
  });
}

async function writeFile(
  daemon: DaemonConnection,
  folder: string,
  { path, content, executable }: SkillFile,
): Promise<void> {
  // The daemon keeps to this too; a server is somebody else's.
  const problem = skillPathProblem(path);
  if (problem !== undefined) throw skillProblem(JSON.stringify(path), `it ${problem}`);
  const at = join(folder, path);
  await mkdir(dirname(at), { recursive: true }).catch(failing("create", dirname(path)));
  const handle = await open(at, "wx", executable ? 0o777 : 0o666).catch(failing("create", path));
  await using file = handle;
  for await (const bytes of contentBytes(daemon, content)) {
    await file.writeFile(bytes).catch(failing("write", path));
  }
}

function failing(verb: "create" | "write", path: string) {
  return (cause: unknown): never => {
    throw fileError(verb, path, cause);
  };
}
