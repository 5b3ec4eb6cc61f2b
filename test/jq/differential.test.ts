import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { loadJq } from "jq-wasm";
import { JqError } from "../../src/jq/errors.ts";
import { compileJq } from "../../src/jq/jq.ts";
import type { JqValue } from "../../src/jq/values/value.ts";
import { parseJson } from "../../src/jq/values/parse-json.ts";
import { comparable } from "./comparable.ts";
import { jqPrograms, jqValues } from "./generate-programs.ts";
import { workflowExpressions } from "./workflow-expressions.ts";

/** The real jq as WASM, some milliseconds a call. */
const real = await loadJq();

const fuzzMs = 15_000;

/** The gate tries the same programs each time; another number tries others. */
const seed = Number(Bun.env["JQ_FUZZ_SEED"] ?? 18_102);

/** Outputs up to the first error, and whether there was one. */
interface Answer {
  readonly outputs: readonly JqValue[];
  readonly failed: boolean;
}

function realAnswer(program: string, input: JqValue): Answer {
  const { stdout, exitCode } = real.raw(JSON.stringify(input), program, ["-c"]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { outputs: lines.map((line) => comparable(parseJson(line))), failed: exitCode !== 0 };
}

function ownAnswer(program: string, input: JqValue): Answer {
  const outputs: JqValue[] = [];
  try {
    compileJq(program).forEach(input, (value) => outputs.push(comparable(value)) < 0);
    return { outputs, failed: false };
  } catch (thrown) {
    if (thrown instanceof JqError) return { outputs, failed: true };
    throw thrown;
  }
}

describe("beside jq 1.8.2 itself", () => {
  test.each(workflowExpressions.map(([program, input]) => ({ program, input })))(
    "$program gives the same",
    ({ program, input }) => expect(ownAnswer(program, input)).toEqual(realAnswer(program, input)),
  );

  test("made-up programs give the same results and fail at the same place", () => {
    const same = fc.property(jqPrograms, jqValues, (program, input) => {
      expect({ program, input, ...ownAnswer(program, input) }).toEqual({
        program,
        input,
        ...realAnswer(program, input),
      });
    });
    fc.assert(same, {
      seed,
      numRuns: 4_000,
      interruptAfterTimeLimit: fuzzMs,
      markInterruptAsFailure: false,
    });
  }, 30_000);
});
