import { Cancellation } from "./cancellation.ts";
import type { Branch, ForkOptions, ForkOutcome, Settled } from "./durable-context.ts";
import { BranchCancelled } from "./release.ts";
import { runParallel } from "./run-parallel.ts";
import type { Strands } from "./strands.ts";

/** How the branches of one fork reach the run that they belong to. */
export interface ForkPlace<T, Update> {
  readonly strands: Strands;
  readonly cancellation: Cancellation;
  /** The outcome of a branch that ended before the resume. */
  readonly recorded: (index: number) => Settled<T> | undefined;
  readonly run: (
    branch: Branch<T, Update>,
    index: number,
    cancellation: Cancellation,
  ) => Promise<Settled<T>>;
}

/** Runs the branches of a fork that have not ended yet. Throws what lets go of the whole execution. */
export async function forkBranches<T, Update>(
  branches: readonly Branch<T, Update>[],
  { mode, concurrency }: ForkOptions,
  place: ForkPlace<T, Update>,
): Promise<ForkOutcome<T>> {
  const { strands } = place;
  const cancellation = new Cancellation(place.cancellation);
  let winner = mode === "any" ? recordedWinner(branches.length, place) : undefined;
  const settle = async (branch: Branch<T, Update>, index: number): Promise<Settled<T> | null> => {
    const recorded = place.recorded(index);
    if (recorded) return recorded;
    if (winner !== undefined) return null;
    strands.change(1);
    try {
      const settled = await place.run(branch, index, cancellation);
      if (mode === "any" && settled.kind === "completed" && winner === undefined) {
        winner = index;
        cancellation.cancel("another branch was faster");
        strands.wakeAll();
      }
      return settled;
    } catch (thrown) {
      if (thrown instanceof BranchCancelled && winner !== undefined) return null;
      throw thrown;
    } finally {
      strands.change(-1);
    }
  };
  strands.change(-1);
  try {
    const outcomes = await runParallel(branches, concurrency, settle);
    return winner === undefined ? { outcomes } : { winner, outcomes };
  } finally {
    strands.change(1);
  }
}

function recordedWinner<T, Update>(count: number, place: ForkPlace<T, Update>): number | undefined {
  for (let index = 0; index < count; index++) {
    if (place.recorded(index)?.kind === "completed") return index;
  }
  return undefined;
}
