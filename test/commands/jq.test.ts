import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";

setDefaultTimeout(60_000);

describe("--jq", () => {
  const home = CommandHome.open();
  afterAll(async () => await home[Symbol.asyncDispose]());

  test("prints what the expression makes of the result", async () => {
    expect(await home.output(["version", "--jq", '.version, (. | type), "a\\tb"'])).toMatch(
      /^\d+\.\d+\.\d+\S*\nobject\na\tb\n$/,
    );
  });

  test.each([
    { expression: ".version | lenght", says: "did you mean length?, at line 1, column 12" },
    { expression: ".version.major", says: 'Cannot index string with string \\"major\\"' },
    { expression: "def f: f; f", says: "steps" },
  ])("with $expression ends with exit code 2", async ({ expression, says }) => {
    const end = await home.run(["version", "--jq", expression]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toContain(says);
  });

  test("goes with no other format than JSON", async () => {
    const end = await home.run(["version", "--jq", ".", "-o", "yaml"]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
