import type { StepOptions } from "../durable-context.ts";
import { LocalContext } from "../local-context.ts";
import type { LocalRunOptions } from "../local-run.ts";
import type { MemoryJournal } from "../memory-journal.ts";

export const retry: StepOptions = { timeoutMs: 10_000, onUnknown: "retry" };
export const failing: StepOptions = { timeoutMs: 10_000, onUnknown: "fail" };

/** A context over what a journal holds, as a runner that claims the execution has it. */
export function openContext(
  journal: MemoryJournal<string>,
  options: Partial<LocalRunOptions<string>> = {},
): LocalContext<string> {
  return new LocalContext({
    executionId: "aex-1",
    recorded: journal.live,
    lastSequence: journal.rows.length,
    signals: [],
    sink: journal,
    updateName: () => "update",
    clock: Date.now,
    ...options,
  });
}

/** The effect of an operation that is answered without it. */
export function never(): Promise<unknown> {
  throw new Error("the effect ran again");
}

/** What work was ended by; `undefined` when it was not. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}
