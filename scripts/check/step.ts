/** What one step of the gate found. A plain step counts as one; tests count themselves. */
export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** What did not run, and why; printed at the end, never counted as passed. */
  readonly skipped: readonly string[];
  /** Facts worth a line even when all is well: sizes, times. */
  readonly notes: readonly string[];
  /** Shown when something failed. */
  readonly output: string;
}

export interface Step {
  readonly name: string;
  run(): Promise<StepResult>;
}

const nothing: StepResult = { passed: 0, failed: 0, skipped: [], notes: [], output: "" };

export function passedStep(found: Partial<StepResult> = {}): StepResult {
  return { ...nothing, passed: 1, ...found };
}

export function failedStep(output: string, found: Partial<StepResult> = {}): StepResult {
  return { ...nothing, failed: 1, output, ...found };
}
