import { readFile } from "node:fs/promises";
import { StigmerError } from "../contract/errors.ts";
import type { EndingGrace } from "./process-group.ts";
import { pollUntil, signalProcess } from "./process-group.ts";
import type { ProcessEntry } from "./process-table.ts";
import { readProcessTable, runPs } from "./process-table.ts";

/** The variable every child process carries, so that a sweep finds what a crash left behind. */
export const childTagVariable = "STIGMER_CHILD";

const sweepGrace: EndingGrace = { termMs: 1000, killMs: 1000 };

/**
 * Ends the processes of this user whose environment at their start had `STIGMER_CHILD` with a
 * value that begins with `tagPrefix`: SIGTERM, then SIGKILL for what is left after a second.
 * Never signals a process without the tag, nor the calling process. A process that overwrote its
 * own environment block is not found.
 *
 * @param tagPrefix best with a separator at its end: `run-1` names the children of `run-10` too
 * @returns the ids of the processes found, whether or not they ended in time
 */
export async function killTagged(
  tagPrefix: string,
  grace: EndingGrace = sweepGrace,
): Promise<number[]> {
  if (tagPrefix === "") {
    throw new StigmerError("invalid-argument", "a sweep needs a tag: an empty one names them all");
  }
  const found = new Set<number>();
  const isSwept = await sweepUntilGone(tagPrefix, "SIGTERM", grace.termMs, found);
  if (!isSwept) await sweepUntilGone(tagPrefix, "SIGKILL", grace.killMs, found);
  return [...found];
}

/** Signals each tagged process once, also those forked meanwhile; false when some are left. */
async function sweepUntilGone(
  tagPrefix: string,
  signal: NodeJS.Signals,
  timeoutMs: number,
  found: Set<number>,
): Promise<boolean> {
  const signalled = new Set<number>();
  return pollUntil(async () => {
    // Looked up anew each time, so that an id that now belongs to another process is safe.
    const tagged = await findTagged(await readProcessTable(), tagPrefix);
    for (const { pid } of tagged) {
      if (signalled.has(pid)) continue;
      // One by one: a process group may have members without the tag.
      signalProcess(pid, signal);
      signalled.add(pid);
      found.add(pid);
    }
    return tagged.length === 0;
  }, timeoutMs);
}

async function findTagged(
  table: readonly ProcessEntry[],
  tagPrefix: string,
): Promise<ProcessEntry[]> {
  const candidates = table.filter((entry) => entry.own && entry.pid !== process.pid);
  if (process.platform !== "linux") return findTaggedWithPs(candidates, tagPrefix);
  const tags = await Promise.all(candidates.map((entry) => readProcTag(entry.pid)));
  return candidates.filter((_, index) => tags[index]?.startsWith(tagPrefix));
}

async function readProcTag(pid: number): Promise<string | undefined> {
  try {
    const block = await readFile(`/proc/${pid}/environ`, "utf8");
    return tagIn(block.split("\0"));
  } catch {
    return undefined; // It ended, or the kernel does not show it to us.
  }
}

function tagIn(variables: readonly string[]): string | undefined {
  const assignment = `${childTagVariable}=`;
  return variables.find((entry) => entry.startsWith(assignment))?.slice(assignment.length);
}

/**
 * The same through `ps`, for systems without `/proc`. Exported for its test.
 *
 * `ps` prints the environment behind the arguments, parted by blanks, so the arguments are asked
 * for on their own and taken off: a command that merely mentions the tag is not one that has it.
 */
export async function findTaggedWithPs(
  candidates: readonly ProcessEntry[],
  tagPrefix: string,
): Promise<ProcessEntry[]> {
  const withEnvironment = process.platform === "darwin" ? ["-A", "-E", "-ww"] : ["axeww"];
  const withoutEnvironment = process.platform === "darwin" ? ["-A", "-ww"] : ["axww"];
  const [full, bare] = await Promise.all([
    readCommandLines(withEnvironment),
    readCommandLines(withoutEnvironment),
  ]);
  return candidates.filter(({ pid }) => {
    const line = full.get(pid);
    const args = bare.get(pid);
    if (line === undefined || args === undefined || !line.startsWith(args)) return false;
    return tagIn(line.slice(args.length).split(" "))?.startsWith(tagPrefix) ?? false;
  });
}

async function readCommandLines(flags: readonly string[]): Promise<Map<number, string>> {
  const lines = await runPs([...flags, "-o", "pid=,args="]);
  return new Map(
    lines.flatMap((line) => {
      const match = /^\s*(\d+) (.*)$/.exec(line);
      return match?.[1] === undefined ? [] : [[Number(match[1]), match[2] ?? ""] as const];
    }),
  );
}
