import type { Json } from "../../contract/json.ts";
import { jsonTextOf } from "../../json-schema/json-text.ts";
import {
  compileSchema,
  type SchemaValidator,
  type ValueProblem,
} from "../../json-schema/schema-validator.ts";

/** What the final answer has to be. */
export interface OutputContract {
  readonly schema: Json;
  readonly check: (answer: string) => OutputVerdict;
}

export type OutputVerdict =
  | { readonly kind: "satisfied"; readonly json: string }
  /** One sentence for each problem, the first ones only. */
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/** The model mends the first ones; the others are often their consequences. */
const shownProblems = 10;

/**
 * The contract of an output schema. A pure function of schema and answer: every replay of a run
 * comes to the same verdict.
 */
export async function outputContract(schema: Json): Promise<OutputContract> {
  const validate = await compileSchema(schema);
  return { schema, check: (answer) => verdictOn(answer, validate) };
}

function verdictOn(answer: string, validate: SchemaValidator): OutputVerdict {
  const json = jsonTextOf(answer);
  let value: Json;
  try {
    value = JSON.parse(json) as Json;
  } catch {
    return { kind: "refused", problems: ["the answer is not JSON"] };
  }
  const problems = validate(value);
  if (problems.length === 0) return { kind: "satisfied", json };
  return { kind: "refused", problems: problems.slice(0, shownProblems).map(sentence) };
}

function sentence({ pointer, message }: ValueProblem): string {
  return `${pointer === "" ? "the whole" : pointer}: ${message}`;
}

/** What stands behind the agent's own instructions: it works with every provider. */
export function outputInstructions(schema: Json): string {
  return [
    "Your final answer is one JSON value that satisfies this JSON Schema, without any other text:",
    JSON.stringify(schema),
  ].join("\n");
}

/** What the model is told about an answer that does not satisfy the schema. */
export function repairRequest(problems: readonly string[]): string {
  return [
    "Your answer does not satisfy the JSON Schema of your instructions:",
    ...problems.map((problem) => `- ${problem}`),
    "Answer again with the corrected JSON alone, without any other text.",
  ].join("\n");
}
