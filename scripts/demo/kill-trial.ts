import type { JournalEntry } from "../../src/script-model/request-journal.ts";
import type { ModelServer } from "./model-server.ts";
import type { Stage } from "./stage.ts";
import type { Tour } from "./tour.ts";

interface DaemonStatus {
  readonly pid: number;
  readonly runners?: readonly { readonly pid: number; readonly executionId?: string }[];
}

interface KillTrial {
  /** What the bookkeeper is asked; the lines it writes begin with it. */
  readonly month: string;
  readonly victim: "runner" | "daemon";
}

/** Index of the turn in `examples/demo-model.yaml` that takes its time. */
const slowTurn = 2;

/** So that the reader sees the answer begin. */
const readingMs = 900;
const pollMs = 20;
const patienceMs = 20_000;

/** Kills a process in the middle of an answer and counts what was done twice. */
export async function tryKill(
  { tour, stage, model }: { tour: Tour; stage: Stage; model: ModelServer },
  { month, victim }: KillTrial,
): Promise<void> {
  const earlier = (await model.requests()).length;
  const command = stage.start(["agent", "execute", "bookkeeper", month]);
  await until(async () => (await model.requests()).slice(earlier).some(isSlowAnswer));
  await Bun.sleep(readingMs);
  const pid = await processOf(victim, stage);
  console.log();
  tour.command(["kill", "-9", String(pid)], `# the ${victim}, in the middle of the answer`);
  process.kill(pid, "SIGKILL");
  const exitCode = await command.exited;

  const asked = (await model.requests()).slice(earlier);
  const written = (await stage.ledgerLines()).filter((line) => line.startsWith(`${month}:`));
  tour.check("the command ended with its answer", exitCode === 0);
  tour.check("the two recorded turns asked the model once each", askedOnce(asked));
  tour.check("the answer that was cut off was asked for again", cutThenCompleted(asked));
  tour.check("the tool wrote its two lines once each", written.length === 2);
}

function isSlowAnswer({ turn, outcome }: JournalEntry): boolean {
  return turn === slowTurn && outcome === "pending";
}

function askedOnce(asked: readonly JournalEntry[]): boolean {
  return asked.filter(({ turn }) => turn !== slowTurn).length === slowTurn;
}

function cutThenCompleted(asked: readonly JournalEntry[]): boolean {
  const outcomes = asked.filter(({ turn }) => turn === slowTurn).map(({ outcome }) => outcome);
  return outcomes.join() === "abandoned,completed";
}

async function processOf(victim: KillTrial["victim"], stage: Stage): Promise<number> {
  const { pid, runners = [] } = await stage.ask<DaemonStatus>(["local", "status"]);
  if (victim === "daemon") return pid;
  const working = runners.find(({ executionId }) => executionId !== undefined);
  if (!working) throw new Error("no runner works on the execution");
  return working.pid;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("the slow answer did not begin");
    await Bun.sleep(pollMs);
  }
}
