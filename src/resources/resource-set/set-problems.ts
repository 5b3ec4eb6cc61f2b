import { type FieldViolation, StigmerError, toStigmerError } from "../../contract/errors.ts";

/** Collects what is wrong with the documents of a set, so that all of it is said at once. */
export class SetProblems {
  readonly #errors: StigmerError[] = [];
  readonly #violations: FieldViolation[] = [];

  /** Runs one check of the document at `path`; undefined when it fails. */
  check<Result>(path: string, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (thrown) {
      const error = toStigmerError(thrown);
      if (error.code !== "invalid-argument" && error.code !== "not-found") throw thrown;
      this.#errors.push(error);
      const { violations, message, code } = error;
      if (violations.length === 0) {
        this.#violations.push({ field: path, rule: code, message });
      }
      for (const each of violations) {
        this.#violations.push({ ...each, field: `${path}.${each.field}` });
      }
      return undefined;
    }
  }

  get hasAny(): boolean {
    return this.#errors.length > 0;
  }

  /** Throws all that was found as one error: `not-found` when only references lead nowhere. */
  throwIfAny(): void {
    const [first] = this.#violations;
    const [error] = this.#errors;
    if (!first || !error) return;
    const isMissing = this.#errors.every(({ code }) => code === "not-found");
    const more = this.#violations.length > 1 ? ` (and ${this.#violations.length - 1} more)` : "";
    throw new StigmerError(
      isMissing ? "not-found" : "invalid-argument",
      `${first.field}: ${first.message}${more}`,
      {
        violations: this.#violations,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    );
  }
}
