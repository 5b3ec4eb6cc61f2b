import { constants } from "node:fs";
import { access, lstat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DataFolder } from "../../system/data-folder.ts";
import { checkOwnPath, checkPrivatePath } from "../../system/private-path.ts";
import {
  type Check,
  type CheckFamily,
  type DoctorFacts,
  ok,
  problem,
  problemOf,
  warning,
} from "./check.ts";

export const dataFolderChecks: CheckFamily = { name: "data folder", run: checkDataFolder };

const anotherFolder = "export STIGMER_HOME=FOLDER, with a folder that you can write";

async function checkDataFolder({ folder }: DoctorFacts): Promise<Check[]> {
  const name = "data folder";
  if (!folder) return [problem(name, "neither STIGMER_HOME nor HOME is set", anotherFolder)];
  // The first touch is not synchronous: a network file system that hangs holds up this check alone.
  const exists = await lstat(folder.home).then(
    () => true,
    () => false,
  );
  const existing = exists ? folder.home : await nearestFolder(folder.home);
  return [
    exists ? await checkExisting(folder) : await checkFuture(folder.home, existing),
    ...(exists ? [checkFiles(folder)] : []),
    await checkSpace(existing),
    ...(process.platform === "linux" ? [await checkFileSystem(existing)] : []),
  ];
}

async function checkExisting({ home }: DataFolder): Promise<Check> {
  const name = "data folder";
  try {
    checkPrivatePath(home, "folder");
  } catch (thrown) {
    return problemOf(name, thrown);
  }
  if (await isWritable(home)) return ok(name, `${home}, yours alone`);
  return problem(name, `${home} cannot be written`, anotherFolder);
}

async function checkFuture(home: string, parent: string): Promise<Check> {
  const name = "data folder";
  if (await isWritable(parent)) return ok(name, `${home} is made when the daemon first starts`);
  return problem(name, `${home} cannot be made: ${parent} cannot be written`, anotherFolder);
}

/** What others must not have put there, and must not read. */
function checkFiles(folder: DataFolder): Check {
  const name = "private files";
  try {
    for (const path of [dirname(folder.database), dirname(folder.daemonRecord), folder.logs]) {
      checkPrivatePath(path, "folder");
    }
    for (const path of [folder.database, folder.token, folder.credentials]) {
      checkPrivatePath(path, "file");
    }
    checkOwnPath(folder.socket, "socket");
    return ok(name, "database, token and socket are yours alone");
  } catch (thrown) {
    return problemOf(name, thrown);
  }
}

const tooLittleBytes = 100 * 1024 * 1024;
const littleBytes = 1024 * 1024 * 1024;

async function checkSpace(path: string): Promise<Check> {
  const name = "disk space";
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const found = `${sizeText(free)} free at ${path}`;
  if (free < tooLittleBytes) return problem(name, found, "free space; no restart is needed then");
  return free < littleBytes ? warning(name, found, "free space") : ok(name, found);
}

/** Magic numbers of statfs(2) of file systems that lie on another machine. */
const remoteFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x65735546, "FUSE"],
  [0x01021997, "9p"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
]);

async function checkFileSystem(path: string): Promise<Check> {
  const name = "file system";
  const { type } = await statfs(path);
  const remote = remoteFileSystems.get(type >>> 0);
  if (remote === undefined) return ok(name, "local");
  const found = `${path} is on ${remote}, where locks and power cuts are not safe`;
  return warning(name, found, "export STIGMER_HOME=FOLDER, with a folder on a local disk");
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  const isThere = await lstat(parent).then(
    () => true,
    () => false,
  );
  return isThere ? parent : await nearestFolder(parent);
}

async function isWritable(path: string): Promise<boolean> {
  return await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

function sizeText(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.round(bytes / 1024 ** 2)} MB`;
}
