/** Runners that die one after the other without recording anything end the execution, not the machine. */
const maxFruitless = 5;

/** Counts, for each execution, the runners in a row that ended before they recorded anything. */
export class FruitlessRunners {
  readonly #counts = new Map<string, number>();

  /**
   * One more has ended.
   *
   * @param lastWords of that runner; may be empty
   * @returns why the execution is given up, once there were too many
   */
  count(executionId: string, lastWords: string): string | undefined {
    const count = (this.#counts.get(executionId) ?? 0) + 1;
    this.#counts.set(executionId, count);
    if (count < maxFruitless) return undefined;
    const said = lastWords === "" ? "" : `; the last said: ${lastWords}`;
    return `${count} runners in a row ended before they recorded anything${said}`;
  }

  /** Something was recorded, or nothing will be any more. */
  forget(executionId: string): void {
    this.#counts.delete(executionId);
  }
}
