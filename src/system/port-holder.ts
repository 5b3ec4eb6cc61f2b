import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { Channel } from "../contract/channel.ts";
import { StigmerError } from "../contract/errors.ts";
import { SystemQueryController } from "../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { readSocketTable, socketAddress } from "./socket-table.ts";

/** How long the holder of a port may take to say whether it is one of ours. */
const answerTimeoutMs = 300;

/**
 * Who listens on a port, as the end of "is taken by …": `another stigmer (version 0.1.0, process
 * 4711: stigmer local)`, `process 4711 (python3 server.py)`, `a process of user 1001`.
 */
export async function describePortHolder(host: string, port: number): Promise<string> {
  const [process, version] = await Promise.all([holdingProcess(host, port), versionAt(host, port)]);
  if (version === undefined) return process ?? "another program";
  return `another stigmer (version ${version}${process === undefined ? "" : `, ${process}`})`;
}

/** `process 4711 (python3)`, `a process of user 1001`; undefined: nobody listens that we can see. */
export async function holdingProcess(host: string, port: number): Promise<string | undefined> {
  const address = socketAddress(host, port);
  const wildcards = [socketAddress("0.0.0.0", port), socketAddress("::", port)];
  const hosts = new Set([address, ...wildcards].map((candidate) => candidate.host));
  const sockets = await Promise.all([readSocketTable("tcp"), readSocketTable("tcp6")]);
  const holder = sockets
    .flat()
    .find(
      ({ state, local }) => state === "listening" && local.port === port && hosts.has(local.host),
    );
  if (!holder) return undefined;
  const pid = await processOfSocket(holder.inode);
  if (pid === undefined) return `a process of user ${holder.uid}`;
  return `process ${pid} (${await commandOf(pid)})`;
}

/** Looks through the open files of the processes that this user may see. */
async function processOfSocket(inode: number): Promise<number | undefined> {
  const wanted = `socket:[${inode}]`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const holders = await Promise.all(
    pids.map(async (pid) => ((await openFilesOf(pid)).includes(wanted) ? Number(pid) : undefined)),
  );
  return holders.find((pid) => pid !== undefined);
}

async function openFilesOf(pid: string): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  // A process that ended meanwhile, or another user's, holds nothing that we could name.
  const descriptors = await readdir(folder).catch(() => []);
  return Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
}

/** Program and subcommand; the other arguments may hold secrets. */
async function commandOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  const [program = "", first = ""] = line.split("\0");
  const isPlain = first !== "" && !first.startsWith("-");
  return [basename(program), isPlain ? basename(first) : ""].join(" ").trim().slice(0, 80);
}

async function versionAt(host: string, port: number): Promise<string | undefined> {
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  using channel = new Channel({ address });
  try {
    const options = { timeoutMs: answerTimeoutMs };
    return (await channel.unary(SystemQueryController.method.version, {}, options)).version;
  } catch (thrown) {
    // Whatever it is, it does not speak our contract.
    if (thrown instanceof StigmerError) return undefined;
    throw thrown;
  }
}
