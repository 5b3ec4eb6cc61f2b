import type { Json } from "../../contract/json.ts";
import { JqLimitError } from "../../jq/errors.ts";
import { type EvaluationScope, Expression, ExpressionError } from "./expression.ts";

/** An expression of a definition whose `evaluate.mode` is `loose`: where it fails it is its text. */
export class LooseExpression extends Expression {
  override evaluate(scope: EvaluationScope): Json {
    return this.#orText(() => super.evaluate(scope));
  }

  override holds(scope: EvaluationScope): boolean {
    return this.#orText(() => super.holds(scope)) !== false;
  }

  /** What never ends is stopped all the same. */
  #orText<Value>(evaluated: () => Value): Value | string {
    try {
      return evaluated();
    } catch (thrown) {
      const isFailure = thrown instanceof ExpressionError;
      if (isFailure && !(thrown.cause instanceof JqLimitError)) return this.source;
      throw thrown;
    }
  }
}
