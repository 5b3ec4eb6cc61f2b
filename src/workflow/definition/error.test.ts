import { expect, test } from "bun:test";
import { canonicalErrorType, standardErrorType, standardStatus } from "./error.ts";

test.each([
  "https://serverlessworkflow.io/spec/1.0.0/errors/communication",
  "https://serverlessworkflow.io/dsl/errors/types/communication",
  "https://open-workflow-specification.org/spec/1.0.3/errors/communication",
  "http://www.open-workflow-specification.org/dsl/errors/types/communication/",
])("%s is the standard error", (type) => {
  expect(canonicalErrorType(type)).toBe(standardErrorType("communication"));
});

test.each(["https://example.com/errors/communication", "communication", ""])(
  "%p is an error of its own",
  (type) => {
    expect(canonicalErrorType(type)).toBe(type);
  },
);

test("a timeout has the status that the specification gives it", () => {
  expect(standardStatus.timeout).toBe(408);
});
