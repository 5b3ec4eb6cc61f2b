import { expect, test } from "bun:test";
import { StigmerError } from "../../contract/errors.ts";
import { compileJsonFilter } from "./json-filter.ts";

const document = { items: [{ id: "a", size: 1 }, { id: "b" }] };

test.each([
  [".items[].id", "a\nb\n"],
  [".items[0]", '{"id":"a","size":1}\n'],
  [".items | length", "2\n"],
  ["empty", ""],
  [".items[].size // null", "1\n"],
])("--jq '%s' prints each result on a line, and texts as they are", async (expression, printed) => {
  const filter = await compileJsonFilter(expression);
  expect(filter(document)).toBe(printed);
});

test("an expression that is no jq is refused with its place", async () => {
  const thrown = await compileJsonFilter(".items | lenght").catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(StigmerError);
  expect(thrown).toMatchObject({
    code: "usage",
    message: "--jq: lenght/0 is not defined; did you mean length?, at line 1, column 10.",
  });
});

test.each([".items.id", "def f: f; f", 'error("no")'])(
  "an expression that fails is an error of the usage: %s",
  async (expression) => {
    const filter = await compileJsonFilter(expression);
    expect(() => filter(document)).toThrow(expect.objectContaining({ code: "usage" }));
  },
);
