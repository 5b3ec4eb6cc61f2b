import { readProcessTable } from "./process-table.ts";

/** How long a group may take to end before the next, harder step. */
export interface EndingGrace {
  /** After SIGTERM, in milliseconds. */
  readonly termMs: number;
  /** After SIGKILL, in milliseconds: the kernel may need a moment. */
  readonly killMs: number;
}

/**
 * Ends every process of a group: SIGTERM, then SIGKILL for what is left. A group that is gone
 * already is no error. Resolves when nothing is left, or after both times at the latest.
 */
export async function endProcessGroup(pgid: number, grace: EndingGrace): Promise<void> {
  if (!signalGroup(pgid, "SIGTERM")) return;
  if (await pollUntil(async () => !(await groupIsAlive(pgid)), grace.termMs)) return;
  if (!signalGroup(pgid, "SIGKILL")) return;
  await pollUntil(async () => !(await groupIsAlive(pgid)), grace.killMs);
}

/** Sends a signal to a process group; false when there is no such group. */
function signalGroup(pgid: number, signal: NodeJS.Signals): boolean {
  if (pgid <= 1) return false; // kill(2) reads 0 as our own group and -1 as every process.
  return signalProcess(-pgid, signal);
}

/** Sends a signal to a process, or to a group when the id is negative; false when it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH: gone. EPERM: no longer ours, so not our child.
  }
}

async function groupIsAlive(pgid: number): Promise<boolean> {
  try {
    process.kill(-pgid, 0);
  } catch {
    return false;
  }
  // Zombies answer too until their parent reaps them, and an orphan's new parent may take seconds.
  return (await readProcessTable()).some((entry) => entry.pgid === pgid);
}

/** Asks again every 20 ms; false when the time passed first. */
export async function pollUntil(
  isDone: () => Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isDone())) {
    if (performance.now() >= deadline) return false;
    await Bun.sleep(20);
  }
  return true;
}
