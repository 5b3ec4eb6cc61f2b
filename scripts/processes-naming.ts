import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * Ids of the live processes, this one apart, that name `folder` in their arguments, variables or
 * open files. Where there is no `/proc`, arguments and variables are looked at as `ps` shows them.
 */
export async function processesNaming(folder: string): Promise<number[]> {
  const named = process.platform === "linux" ? await fromProc(folder) : await fromPs(folder);
  return named.filter((id) => id !== process.pid);
}

async function fromProc(folder: string): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const named = await Promise.all(ids.map((id) => names(id, folder)));
  return ids.filter((_, index) => named[index]);
}

async function names(id: number, folder: string): Promise<boolean> {
  const texts = await Promise.all([
    readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""),
    readFile(`/proc/${id}/environ`, "utf8").catch(() => ""),
    openFiles(id),
  ]);
  return texts.some((text) => text.includes(folder));
}

async function openFiles(id: number): Promise<string> {
  const fds = await readdir(`/proc/${id}/fd`).catch(() => []);
  const targets = fds.map((name) => readlink(`/proc/${id}/fd/${name}`).catch(() => ""));
  return (await Promise.all(targets)).join("\n");
}

async function fromPs(folder: string): Promise<number[]> {
  const ps = Bun.spawn(["ps", "-A", "-E", "-ww", "-o", "pid=,command="], { stdin: "ignore" });
  const lines = (await ps.stdout.text()).split("\n");
  return lines.filter((line) => line.includes(folder)).map((line) => Number.parseInt(line, 10));
}
