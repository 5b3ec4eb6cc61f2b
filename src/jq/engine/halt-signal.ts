import type { JqError } from "../errors.ts";

/** Ends the whole evaluation: thrown by `halt` and `halt_error`, past every `try`. */
export class HaltSignal extends Error {
  /** Absent when it ends well. */
  readonly error: JqError | undefined;

  constructor(error: JqError | undefined) {
    super("halt");
    this.error = error;
  }
}
