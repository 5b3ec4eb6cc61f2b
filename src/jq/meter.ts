import { JqLimitError } from "./errors.ts";

/**
 * What one evaluation may take. How deep calls and values may be nested is not set: the end of the
 * stack ends an evaluation with a `JqLimitError` `depth`. Calls that end a function take no stack.
 */
export interface JqLimits {
  /** Calls, iterations, elements looked at, tries of a regular expression. */
  readonly steps?: number;
  /** Bytes that are built, roughly, also those that are dropped again. */
  readonly memory?: number;
  /** Results. */
  readonly outputs?: number;
}

const defaultLimits = {
  steps: 10_000_000,
  memory: 1_000_000_000,
  outputs: 1_000_000,
} as const satisfies Required<JqLimits>;

/** Counts what an evaluation takes and ends it with a `JqLimitError` at the limit. */
export class Meter {
  #steps: number;
  #memory: number;
  #outputs: number;
  readonly #limits: Required<JqLimits>;

  constructor(limits: JqLimits = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#steps = this.#limits.steps;
    this.#memory = this.#limits.memory;
    this.#outputs = this.#limits.outputs;
  }

  /** @throws JqLimitError `steps` */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) {
      throw new JqLimitError("steps", `The program took more than ${this.#limits.steps} steps.`);
    }
  }

  /** @throws JqLimitError `memory` */
  allocate(bytes: number): void {
    this.#memory -= bytes;
    if (this.#memory < 0) {
      throw new JqLimitError("memory", `The program built more than ${this.#limits.memory} bytes.`);
    }
  }

  /** An array or object of so many elements is copied. */
  copy(elements: number): void {
    this.step(1 + (elements >> 4));
    this.allocate(16 + 8 * elements);
  }

  /** @throws JqLimitError `outputs` */
  output(): void {
    this.#outputs -= 1;
    if (this.#outputs < 0) {
      throw new JqLimitError("outputs", `There are more than ${this.#limits.outputs} outputs.`);
    }
  }
}
