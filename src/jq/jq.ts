import { HaltSignal } from "./engine/halt-signal.ts";
import { compile } from "./engine/compile.ts";
import { Env, type Filter, type Run } from "./engine/filter.ts";
import { JqLimitError } from "./errors.ts";
import { type JqLimits, Meter } from "./meter.ts";
import { RegexCache } from "./regex/find-matches.ts";
import type { JqValue } from "./values/value.ts";

export interface JqCompileOptions {
  /** Names, without `$`, of the variables that every evaluation gives. */
  readonly variables?: readonly string[];
}

export interface JqEvaluateOptions {
  /** Values of the program's variables, by name; what is missing is null. Used as they are. */
  readonly variables?: Readonly<Record<string, JqValue>>;
  readonly limits?: JqLimits;
  /** Milliseconds since 1970. Without it, `now` is an error. */
  readonly now?: () => number;
  /** What `env` and `$ENV` show; nothing by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that is ready to run, as often as needed and never changing what it is given. */
export interface JqProgram {
  /**
   * All results.
   * @throws JqError that the program raises, and JqLimitError.
   */
  evaluate(input: JqValue, options?: JqEvaluateOptions): JqValue[];
  /** Hands over the results one by one until `take` returns true, and then looks for no more. */
  forEach(
    input: JqValue,
    take: (output: JqValue) => boolean | undefined,
    options?: JqEvaluateOptions,
  ): void;
}

/**
 * Compiles a program of jq 1.8. Modules, `input` and `$__prog_args` are not there; numbers are IEEE
 * doubles, so integers are exact up to 2^53; the keys of an object keep their order, except that
 * JavaScript puts keys like `"10"` first; the local time zone is UTC.
 * @throws JqSyntaxError with the place, also for names that nothing defines.
 */
export function compileJq(text: string, options: JqCompileOptions = {}): JqProgram {
  const names = options.variables ?? [];
  const filter = compile(text, names);
  return {
    evaluate: (input, settings) => {
      const outputs: JqValue[] = [];
      runProgram(filter, input, {
        run: startRun(names, settings),
        take: (value) => outputs.push(value) < 0,
      });
      return outputs;
    },
    forEach: (input, take, settings) => {
      runProgram(filter, input, {
        run: startRun(names, settings),
        take: (value) => take(value) === true,
      });
    },
  };
}

function startRun(
  names: readonly string[],
  { variables = {}, limits, now, env = {} }: JqEvaluateOptions = {},
): Run {
  return {
    meter: new Meter(limits),
    regexes: new RegexCache(),
    variables: names.map((name) =>
      Object.hasOwn(variables, name) ? (variables[name] ?? null) : null,
    ),
    now,
    environment: env,
  };
}

function runProgram(
  filter: Filter,
  input: JqValue,
  { run, take }: { readonly run: Run; readonly take: (value: JqValue) => boolean },
): void {
  const { meter } = run;
  try {
    const env = new Env(null, undefined, run);
    filter.run(input, undefined, env, (value) => {
      meter.output();
      return take(value);
    });
  } catch (thrown) {
    if (thrown instanceof HaltSignal) {
      if (thrown.error) throw thrown.error;
      return;
    }
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new JqLimitError("depth", "The program or a value is nested deeper than the stack.");
  }
}
