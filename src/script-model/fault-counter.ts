import type { PlanFault, TurnPlan } from "./turn-plan.ts";

/**
 * Counts the attempts at each turn of each conversation, and so knows which fault the next attempt
 * meets. Lives as long as the process that plays the script: counts are not kept anywhere.
 */
export class FaultCounter {
  readonly #attempts = new Map<string, number>();

  /** Counts one attempt. @returns the fault it meets, or undefined when it succeeds. */
  next(plan: TurnPlan): PlanFault | undefined {
    if (plan.faults.length === 0) return undefined;
    const attempt = this.#attempts.get(plan.fingerprint) ?? 0;
    this.#attempts.set(plan.fingerprint, attempt + 1);

    let met = 0;
    for (const fault of plan.faults) {
      met += fault.times;
      if (attempt < met) return fault;
    }
    return undefined;
  }

  reset(): void {
    this.#attempts.clear();
  }
}
