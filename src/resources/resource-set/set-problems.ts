import { type FieldViolation, StigmerError, toStigmerError } from "../../contract/errors.ts";

/** Collects what is wrong with the documents of a set, so that all of it is said at once. */
export class SetProblems {
  readonly #errors: StigmerError[] = [];
  /** By the document that they are about. */
  readonly #violations = new Map<number, FieldViolation[]>();

  /** Waits for the rules of the contract, applied to the document at `path`. */
  async checkRules(path: string, validated: Promise<unknown>): Promise<void> {
    try {
      await validated;
    } catch (thrown) {
      this.#refuse(path, thrown);
    }
  }

  /** Runs one check of the document at `path`; undefined when it fails. */
  check<Result>(path: string, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (thrown) {
      // What breaks the rules of the contract may lack what a check takes for granted.
      const isSuspect = this.#violations.has(numberOf(path)) && !(thrown instanceof StigmerError);
      if (!isSuspect) this.#refuse(path, thrown);
      return undefined;
    }
  }

  get hasAny(): boolean {
    return this.#errors.length > 0;
  }

  /** Throws all that was found as one error: `not-found` when only references lead nowhere. */
  throwIfAny(): void {
    const all = [...this.#violations.entries()]
      .toSorted(([one], [other]) => one - other)
      .flatMap(([, violations]) => violations);
    const [first] = all;
    const [error] = this.#errors;
    if (!first || !error) return;
    const isMissing = this.#errors.every(({ code }) => code === "not-found");
    const more = all.length > 1 ? ` (and ${all.length - 1} more)` : "";
    throw new StigmerError(
      isMissing ? "not-found" : "invalid-argument",
      `${first.field}: ${first.message}${more}`,
      {
        violations: all,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    );
  }

  #refuse(path: string, thrown: unknown): void {
    const error = toStigmerError(thrown);
    if (error.code !== "invalid-argument" && error.code !== "not-found") throw thrown;
    const { violations, message, code } = error;
    const found =
      violations.length === 0
        ? [{ field: path, rule: code, message }]
        : violations.map((each) => ({ ...each, field: `${path}.${each.field}` }));
    const known = this.#violations.get(numberOf(path)) ?? [];
    const added = found.filter(
      ({ field }) => !known.some((each) => each.field !== path && isWithin(field, each.field)),
    );
    if (added.length === 0) return;
    this.#errors.push(error);
    this.#violations.set(numberOf(path), [...known, ...added]);
  }
}

/** `documents[2].agent` → 2 */
function numberOf(path: string): number {
  return Number(/\d+/.exec(path)?.[0] ?? 0);
}

/** Whether a value is another or a part of it: whoever mends that one sees what is left. */
function isWithin(field: string, outer: string): boolean {
  return field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`);
}
