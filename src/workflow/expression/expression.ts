import type { Json } from "../../contract/json.ts";
import { JqError, JqLimitError } from "../../jq/errors.ts";
import { compileJq, type JqProgram } from "../../jq/jq.ts";

/** What an expression can see. */
export interface EvaluationScope {
  /** `.` */
  readonly input: Json;
  /** Without `$`. What is not there is null. */
  readonly variables: Readonly<Record<string, Json>>;
  /** Milliseconds since 1970, recorded by the run. */
  readonly now: () => number;
}

/** An expression failed, gave nothing, or took more than it may: the error `expression` of the specification. */
export class ExpressionError extends Error {
  /** JSON pointer of the expression. */
  readonly pointer: string;

  constructor(pointer: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ExpressionError";
    this.pointer = pointer;
  }
}

/** Steps of one evaluation: about a second. An expression that never ends must not keep its runner. */
const maxSteps = 10_000_000;
const maxBytes = 256 << 20;
const limits = { steps: maxSteps, memory: maxBytes };

/** A jq expression of a definition, compiled once. */
export class Expression {
  readonly source: string;
  readonly pointer: string;
  readonly #program: JqProgram;

  /** @throws JqSyntaxError with the place inside the source */
  constructor(source: string, pointer: string, variables: readonly string[]) {
    this.source = source;
    this.pointer = pointer;
    this.#program = compileJq(source, { variables });
  }

  /** Its first result. @throws ExpressionError also when there is none */
  evaluate(scope: EvaluationScope): Json {
    const first = this.#first(scope);
    if (first !== undefined) return first;
    throw new ExpressionError(this.pointer, `${quoted(this.source)} gave no result`);
  }

  /** Whether its first result is anything but `null` and `false`; without a result it is not. */
  holds(scope: EvaluationScope): boolean {
    const first = this.#first(scope) ?? null;
    return first !== null && first !== false;
  }

  #first({ input, variables, now }: EvaluationScope): Json | undefined {
    let first: Json | undefined;
    const take = (value: Json): boolean => {
      first = value;
      return true;
    };
    try {
      this.#program.forEach(input, take, { variables, now, limits });
      return first;
    } catch (thrown) {
      if (!(thrown instanceof JqError) && !(thrown instanceof JqLimitError)) throw thrown;
      throw new ExpressionError(this.pointer, `${quoted(this.source)}: ${thrown.message}`, thrown);
    }
  }
}

const quotedLength = 80;

function quoted(source: string): string {
  const text = source.trim();
  return text.length > quotedLength ? `${text.slice(0, quotedLength).toWellFormed()}…` : text;
}
