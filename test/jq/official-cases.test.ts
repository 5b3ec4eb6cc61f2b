import { describe, expect, test } from "bun:test";
import { repositoryRoot } from "../../scripts/repository.ts";
import { JqError, JqSyntaxError } from "../../src/jq/errors.ts";
import { compileJq } from "../../src/jq/jq.ts";
import { parseJson } from "../../src/jq/values/parse-json.ts";
import type { JqValue } from "../../src/jq/values/value.ts";
import { comparable } from "./comparable.ts";
import { type JqCase, readCases } from "./read-cases.ts";

const folder = `${repositoryRoot}../shared/data/jq-1.8.1/`;

const modules = "modules are not supported: a program is one text";

/** What is known not to pass, by its program, and why. */
const excluded: Readonly<Record<string, string>> = {
  'import "a" as foo; import "b" as bar; def fooa: foo::a; [fooa, bar::a, bar::b, foo::a]': modules,
  'import "c" as foo; [foo::a, foo::c]': modules,
  'include "c"; [a, c]': modules,
  'import "data" as $e; import "data" as $d; [$d[].this,$e[].that,$d::d[].this,$e::e[].that]|join(";")':
    modules,
  'import "data" as $a; import "data" as $b; def f: {$a, $b}; f': modules,
  'include "shadow1"; e': modules,
  'include "shadow1"; include "shadow2"; e': modules,
  'import "shadow1" as f; import "shadow2" as f; import "shadow1" as e; [e::e, f::e]': modules,
  'import "test_bind_order" as check; check::check': modules,
  modulemeta: modules,
  "modulemeta | .deps | length": modules,
  "modulemeta | .defs | length": modules,
  "try input catch .": 'there is one input, and the error says so instead of "break"',
};

const files = await Promise.all([readOfficial("jq.test", 490), readOfficial("man.test", 220)]);

describe.each(files)("of jq 1.8.1's own $name", ({ text, least }) => {
  const cases = readCases(text ?? "");
  const wanted = cases.filter(({ program }) => !(program in excluded));

  test.skipIf(text === undefined)(
    `every case passes that is not excluded${text === undefined ? " (the file is not here)" : ""}`,
    () => {
      expect(wanted.length).toBeGreaterThan(least);
      expect(wanted.flatMap(failureOf)).toEqual([]);
    },
  );

  test.skipIf(text === undefined)("each excluded case still fails", () => {
    const passing = cases.filter(
      (each) => each.program in excluded && failureOf(each).length === 0,
    );
    expect(passing).toEqual([]);
  });

  test.skipIf(text === undefined)("at most 2 % are excluded, besides the modules", () => {
    const left = cases.filter(({ program }) => {
      const reason = excluded[program];
      return reason !== undefined && reason !== modules;
    });
    expect(left.length).toBeLessThanOrEqual(cases.length * 0.02);
  });
});

async function readOfficial(name: string, least: number) {
  const file = Bun.file(`${folder}${name}`);
  return { name, least, text: (await file.exists()) ? await file.text() : undefined };
}

/** What is wrong with a case; nothing when it passes. */
function failureOf({ line, program, input, outputs }: JqCase): object[] {
  if (input === undefined)
    return isRefused(program) ? [] : [{ line, program, problem: "compiles" }];
  const got: JqValue[] = [];
  let problem: string | undefined;
  try {
    compileJq(program).forEach(parseJson(input), (value) => got.push(comparable(value)) < 0, {
      env: { PAGER: "less" },
      now: Date.now,
    });
  } catch (thrown) {
    // A case may end in an error behind the outputs that it names.
    problem = String(thrown);
    if (!(thrown instanceof JqError)) return [{ line, program, problem }];
  }
  const want = outputs.map((output) => comparable(parseJson(output)));
  return Bun.deepEquals(got, want) ? [] : [{ line, program, input, got, want, problem }];
}

function isRefused(program: string): boolean {
  try {
    compileJq(program);
    return false;
  } catch (thrown) {
    return thrown instanceof JqSyntaxError;
  }
}
