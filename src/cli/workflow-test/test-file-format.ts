import type { Json } from "../../contract/json.ts";
import { duration } from "../../workflow/definition/duration.ts";
import {
  type StandardError,
  standardErrorType,
  standardStatus,
} from "../../workflow/definition/error.ts";
import { bareExpression, template } from "../../workflow/expression/expression-readers.ts";
import { mapOf, mapOfAll, optional, required } from "../../workflow/reading/map-readers.ts";
import { type ReadBy, type Reader, withVariables } from "../../workflow/reading/reading.ts";
import {
  anyJson,
  flag,
  listOf,
  mapped,
  nonEmptyText,
  textOr,
  wholeNumber,
  word,
} from "../../workflow/reading/value-readers.ts";
import type { MockAnswer } from "../../workflow/trial/trial-protocol.ts";

/** Milliseconds; a test knows how long it waits. */
const fixedMs: Reader<number> = mapped(duration, (read, place) =>
  read.kind === "fixed"
    ? read.ms
    : place.reading.refuse(place, "form", "is an expression, not a duration such as PT5M"),
);

/** JSON with expressions, kept as it is written: who answers evaluates it. */
const answerJson: Reader<Json> = mapped(
  (place) => template(withVariables(place, ["visit"])),
  (_, place) => place.value,
);

const condition: Reader<string> = mapped(nonEmptyText, (text, place) =>
  bareExpression(withVariables(place, ["visit"])) ? text : undefined,
);

const standardNames = Object.keys(standardStatus) as StandardError[];

/** `timeout`, `communication`, …, or a URI. */
const errorType: Reader<{ readonly type: string; readonly status: number | undefined }> = mapped(
  nonEmptyText,
  (text, place) => {
    if (text.includes(":")) return { type: text, status: undefined };
    const name = standardNames.find((known) => known === text);
    if (name) return { type: standardErrorType(name), status: standardStatus[name] };
    const hint = `one of ${standardNames.join(", ")}, or a URI`;
    return place.reading.refuse(place, "choice", `is "${text}"; ${hint}`);
  },
);

const status = wholeNumber(100, 599);

const mockError = mapped(
  mapOf(
    {
      type: optional(errorType),
      status: optional(status),
      title: optional(nonEmptyText),
      detail: optional(nonEmptyText),
    },
    { message: "detail", code: "status" },
  ),
  ({ type, status: given, title, detail }) => ({
    type: type?.type ?? standardErrorType("runtime"),
    status: given ?? type?.status ?? 500,
    ...(title === undefined ? {} : { title }),
    ...(detail === undefined ? {} : { detail }),
  }),
);

const answer: Reader<MockAnswer> = mapped(
  mapOf(
    {
      output: optional(answerJson),
      error: optional(mockError),
      delay: optional(fixedMs),
      when: optional(condition),
    },
    { return: "output", response: "output", returns: "output", raise: "error", if: "when" },
  ),
  ({ output, error, delay, when }, place) => {
    if (output !== undefined && error) {
      return place.reading.refuse(place, "one-of", "takes one of output, error");
    }
    return {
      delayMs: delay ?? 0,
      ...(output === undefined ? {} : { output }),
      ...(error ? { error } : {}),
      ...(when === undefined ? {} : { when }),
    };
  },
);

/** One answer to all calls; or a list: one for each visit, or by conditions. */
const mock: Reader<Pick<MockSpec, "choice" | "answers">> = (place) => {
  if (!Array.isArray(place.value)) {
    const one = answer(place);
    if (!one) return undefined;
    return { choice: one.when === undefined ? "always" : "conditions", answers: [one] };
  }
  const answers = listOf(answer, 1)(place);
  if (!answers) return undefined;
  const without = answers.filter(({ when }) => when === undefined);
  if (without.length === answers.length) return { choice: "visits", answers };
  if (without.length === 0 || (without.length === 1 && answers.at(-1)?.when === undefined)) {
    return { choice: "conditions", answers };
  }
  const message = "has answers with `when` and some without: only the last may do without";
  return place.reading.refuse(place, "form", message);
};

interface MockSpec {
  readonly choice: "always" | "visits" | "conditions";
  readonly answers: readonly MockAnswer[];
}

const event: Reader<{ readonly at: number | undefined; readonly event: Record<string, Json> }> = (
  place,
) => {
  const members = mapOfAll(anyJson)(place);
  if (!members) return undefined;
  const { at, ...attributes } = Object.fromEntries(members);
  if (attributes["type"] === undefined)
    return place.reading.refuse(place, "required", '"type" is missing');
  const read = mapOf({ at: optional(fixedMs) })({
    ...place,
    value: at === undefined ? {} : { at },
  });
  return read && { at: read.at, event: attributes };
};

const expectedError = mapOf(
  {
    type: optional(errorType),
    status: optional(status),
    title: optional(nonEmptyText),
    detail: optional(nonEmptyText),
    instance: optional(nonEmptyText),
  },
  { message: "detail", code: "status" },
);

const expectedTask = mapOf(
  {
    phase: optional(word("completed", "failed", "skipped", "running", "waiting", "cancelled")),
    visits: optional(wholeNumber(0)),
    attempt: optional(wholeNumber(1)),
    input: optional(anyJson),
    output: optional(anyJson),
    error: optional(expectedError),
  },
  { count: "visits", times: "visits", attempts: "attempt", state: "phase" },
);

const expectation = mapOf(
  {
    output: optional(anyJson),
    error: optional(expectedError),
    took: optional(fixedMs),
    tasks: optional(mapOfAll(expectedTask)),
    calls: optional(mapOfAll(listOf(anyJson))),
    emitted: optional(listOf(anyJson)),
    notRun: optional(listOf(nonEmptyText)),
    holds: optional(
      textOr(
        mapped(condition, (one) => [one]),
        listOf(condition),
      ),
    ),
  },
  { result: "output", not: "notRun", duration: "took", events: "emitted", that: "holds" },
);

const moment: Reader<number> = mapped(nonEmptyText, (text, place) => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  const message = `is "${text}", not a time such as 2026-03-01T09:00:00Z`;
  return place.reading.refuse(place, "form", message);
});

const testCase = mapOf(
  {
    name: required(nonEmptyText),
    input: optional(anyJson),
    secrets: optional(mapOfAll(anyJson)),
    now: optional(moment),
    mocks: optional(mapOfAll(mock)),
    events: optional(listOf(event)),
    expect: optional(expectation),
    snapshot: optional(flag),
  },
  {
    expected: "expect",
    expectation: "expect",
    given: "mocks",
    journal: "snapshot",
    golden: "snapshot",
  },
);

/** A file of tests: what is tested, what holds for all cases, and the cases. */
export const testFileFormat = mapOf(
  {
    workflow: required(nonEmptyText),
    secrets: optional(mapOfAll(anyJson)),
    mocks: optional(mapOfAll(mock)),
    limits: optional(
      mapOf({ time: optional(fixedMs), tasks: optional(wholeNumber(1, 1_000_000)) }),
    ),
    cases: required(listOf(testCase, 1)),
  },
  { tests: "cases", file: "workflow", definition: "workflow" },
);

export type TestCase = ReadBy<typeof testCase>;
export type Expectation = ReadBy<typeof expectation>;
export type ExpectedTask = ReadBy<typeof expectedTask>;
export type ExpectedError = ReadBy<typeof expectedError>;
