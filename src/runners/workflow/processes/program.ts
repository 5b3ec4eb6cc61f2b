import type { Json } from "../../../contract/json.ts";
import type { ProcessOptions } from "../../../workflow/definition/run.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import { evaluateText, textOf } from "../calls/evaluate-parameters.ts";

/** A program that is ready to be started. */
export interface Program {
  /** The absolute path of the executable. */
  readonly path: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin: string | undefined;
}

/** What a definition passes to a program. */
export interface GivenOptions {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly stdin: string | undefined;
}

export function givenOptions(options: ProcessOptions, scope: EvaluationScope): GivenOptions {
  const variables = [...(options.environment ?? [])].map(
    ([name, value]) => [name, evaluateText(value, scope, `the variable ${name}`)] as const,
  );
  return {
    words: (options.arguments ?? []).map((word) => evaluateText(word, scope, "an argument")),
    variables: Object.fromEntries(variables),
    stdin: options.stdin && stdinText(evaluateTemplate(options.stdin, scope)),
  };
}

function stdinText(value: Json): string {
  return typeof value === "object" ? JSON.stringify(value) : textOf(value, "stdin");
}
