import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { pointerTo } from "./finding.ts";
import { pathOfPointer, pointerOfPath } from "./pointer-path.ts";

test.each([
  ["", "spec"],
  ["/do/0/ask/with/url", "spec.do[0].ask.with.url"],
  ["/use/errors/a~1b~0c", 'spec.use.errors["a/b~c"]'],
  ["/do/0/7", "spec.do[0].7"],
])("%j is %s", (pointer, path) => {
  const document = { do: [{ ask: { with: {} }, 7: {} }], use: { errors: {} } };
  expect(pathOfPointer(document, pointer, "spec")).toBe(path);
});

test("a path is its pointer again, whatever its members are called", () => {
  const names = fc.array(
    fc.string({ unit: "grapheme" }).filter((name) => name !== ""),
    {
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(names, (steps) => {
      const pointer = steps.reduce(pointerTo, "");
      expect(pointerOfPath(pathOfPointer({}, pointer))).toBe(pointer);
    }),
  );
});
