import { readdir, readFile, stat } from "node:fs/promises";

/** One live process: a zombie, which only waits to be reaped, is not listed. */
export interface ProcessEntry {
  readonly pid: number;
  readonly pgid: number;
  /** Whether the process belongs to this process's user. */
  readonly own: boolean;
}

/** What runs now. Entries that end while the table is read are left out. */
export async function readProcessTable(): Promise<ProcessEntry[]> {
  return process.platform === "linux" ? readProc() : readPs();
}

async function readProc(): Promise<ProcessEntry[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(names.map((name) => readProcEntry(Number(name))));
  return entries.filter((entry) => entry !== undefined);
}

async function readProcEntry(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [line, owner] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      stat(`/proc/${pid}`),
    ]);
    // The command name may hold blanks and parentheses; the fields start after the last one.
    const [state, , pgid] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    return { pid, pgid: Number(pgid), own: owner.uid === process.getuid?.() };
  } catch {
    return undefined; // It ended between the listing and the reading.
  }
}

async function readPs(): Promise<ProcessEntry[]> {
  const lines = await runPs(["-A", "-o", "pid=,pgid=,uid=,state="]);
  return lines.flatMap((line) => {
    const [pid, pgid, uid, state] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), pgid: Number(pgid), own: Number(uid) === process.getuid?.() }];
  });
}

/** The lines of `ps ARGS`. */
export async function runPs(args: readonly string[]): Promise<string[]> {
  const child = Bun.spawn(["ps", ...args], { stdin: "ignore", stderr: "ignore" });
  const text = await new Response(child.stdout).text();
  return text.split("\n").filter((line) => line.trim() !== "");
}
