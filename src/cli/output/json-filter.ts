import type { JsonValue } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { JqError, JqLimitError, JqSyntaxError } from "../../jq/errors.ts";
import type { JqProgram } from "../../jq/jq.ts";

/** What is printed of a document: each result on a line, texts as they are. */
export type JsonFilter = (document: JsonValue) => string;

/**
 * Compiles the expression of `--jq`.
 * @throws StigmerError `usage` with the place of what is wrong, before anything is done.
 */
export async function compileJsonFilter(expression: string): Promise<JsonFilter> {
  const { compileJq } = await import("../../jq/jq.ts");
  const program = translated(() => compileJq(expression));
  return (document) => translated(() => filtered(program, document));
}

function filtered(program: JqProgram, document: JsonValue): string {
  return program
    .evaluate(document, { now: Date.now })
    .map((output) => `${typeof output === "string" ? output : JSON.stringify(output)}\n`)
    .join("");
}

function translated<T>(run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw errorOf(thrown);
  }
}

function errorOf(thrown: unknown): unknown {
  if (thrown instanceof JqSyntaxError) {
    const { line, column, message } = thrown;
    return new StigmerError("usage", `--jq: ${message}, at line ${line}, column ${column}.`);
  }
  if (thrown instanceof JqError || thrown instanceof JqLimitError) {
    return new StigmerError("usage", `--jq: ${thrown.message}`, { cause: thrown });
  }
  return thrown;
}
