import type { Json } from "../../contract/json.ts";
import { canonicalErrorType } from "../../workflow/definition/error.ts";
import { Expression } from "../../workflow/expression/expression.ts";
import { messageOf } from "../../contract/errors.ts";
import type { TrialRecord, TrialReport, TrialTask } from "../../workflow/trial/trial-protocol.ts";
import { isoDuration } from "./iso-duration.ts";
import { isSame, spokenOf } from "./matching.ts";
import type { Problem } from "./problem.ts";
import { recordView } from "./record-view.ts";
import { stopProblem } from "./stop-problem.ts";
import type { ReadyCase } from "./test-file.ts";
import type { ExpectedError, ExpectedTask, Expectation } from "./test-file-format.ts";

/** What is wrong with a run, by what its case expects; nothing when all is well. */
export function judgeCase(ready: ReadyCase, { record, killPoints }: TrialReport): Problem[] {
  const { outcome } = record;
  if (outcome.kind === "stopped") return [stopProblem(outcome.stop)];
  const expect = ready.test.expect ?? ({} as Partial<Expectation>);
  return [
    ...judgeOutcome(expect, record),
    ...judgeTook(expect, record),
    ...[...(expect.tasks ?? [])].flatMap(([name, task]) => judgeTask(name, task, record)),
    ...[...(expect.calls ?? [])].flatMap(([name, calls]) => {
      const sent = record.calls.filter(isOf(name)).map((call) => call.sent);
      return compareSpoken(`calls.${name}`, [...calls], sent);
    }),
    ...(expect.emitted ? compareSpoken("emitted", [...expect.emitted], [...record.emitted]) : []),
    ...(expect.notRun ?? []).flatMap((name) => judgeNotRun(name, record)),
    ...(expect.holds ?? []).flatMap((source) => judgeHolds(source, record)),
    ...judgeUnused(ready, record),
    ...(killPoints?.problems ?? []).map(({ point, message }) => ({
      what: "kill points",
      message: `with its runner lost after append ${point}, it ${message}`,
    })),
  ];
}

function judgeOutcome(
  { output, error }: Partial<Expectation>,
  { outcome }: TrialRecord,
): Problem[] {
  if (outcome.kind === "cancelled")
    return [{ what: "outcome", message: `it was cancelled: ${outcome.reason}` }];
  if (outcome.kind === "failed") {
    if (error) return judgeError("error", error, outcome.error);
    return [{ what: "error", message: `it failed:\n${errorText(outcome.error)}` }];
  }
  if (outcome.kind !== "completed") return [];
  if (error) {
    const compared = {
      expected: { error: writtenError(error) },
      actual: { output: outcome.output },
    };
    return [{ what: "error", message: "it completed, but should fail", compared }];
  }
  return output === undefined ? [] : compare("output", output, outcome.output);
}

function judgeTook({ took }: Partial<Expectation>, { tookMs }: TrialRecord): Problem[] {
  return took === undefined ? [] : compare("took", isoDuration(took), isoDuration(tookMs));
}

function judgeTask(name: string, expected: ExpectedTask, record: TrialRecord): Problem[] {
  const visits = record.tasks.filter(isOf(name));
  const what = `tasks.${name}`;
  const last = visits.at(-1);
  const counted =
    expected.visits === undefined ? [] : compare(`${what}.visits`, expected.visits, visits.length);
  if (!last) {
    const isAsked = Object.entries(expected).some(
      ([member, value]) => member !== "visits" && value !== undefined,
    );
    return isAsked ? [...counted, { what, message: "it did not run" }] : counted;
  }
  return [...counted, ...judgeLast(what, expected, last)];
}

/** Of a task that ran more than once the last visit counts. */
function judgeLast(what: string, expected: ExpectedTask, last: TrialTask): Problem[] {
  const members = ["phase", "attempt", "input", "output"] as const;
  const compared = members.flatMap((member) => {
    const wanted = expected[member];
    return wanted === undefined ? [] : compare(`${what}.${member}`, wanted, last[member] ?? null);
  });
  if (!expected.error) return compared;
  return [...compared, ...judgeError(`${what}.error`, expected.error, last.error ?? null)];
}

function judgeError(what: string, expected: ExpectedError, actual: Json): Problem[] {
  const wanted = writtenError(expected);
  const found = spokenOf(wanted, canonical(actual));
  return isSame(wanted, found) ? [] : [differs(what, wanted, found)];
}

function writtenError({ type, ...others }: ExpectedError): Json {
  const members = Object.entries(others).filter(([, value]) => value !== undefined);
  const typed = type ? { type: canonicalErrorType(type.type) } : {};
  return { ...typed, ...(Object.fromEntries(members) as Record<string, Json>) };
}

function canonical(error: Json): Json {
  const { type } = error as { type?: Json };
  if (typeof type !== "string") return error;
  return { ...(error as Record<string, Json>), type: canonicalErrorType(type) };
}

function judgeNotRun(name: string, record: TrialRecord): Problem[] {
  const ran = record.tasks.filter(isOf(name)).filter(({ phase }) => phase !== "skipped").length;
  const times = ran === 1 ? "once" : `${ran} times`;
  return ran === 0 ? [] : [{ what: "notRun", message: `"${name}" ran ${times}` }];
}

function judgeHolds(source: string, record: TrialRecord): Problem[] {
  const scope = { input: recordView(record), variables: {}, now: () => 0 };
  try {
    const text = source.trim();
    const bare = /^\$\{([\s\S]*)\}$/.exec(text)?.[1] ?? text;
    if (new Expression(bare, "", ["visit"]).holds(scope)) return [];
    return [{ what: "holds", message: `does not hold: ${text}` }];
  } catch (thrown) {
    return [{ what: "holds", message: messageOf(thrown) }];
  }
}

function judgeUnused({ test, sharedMocks }: ReadyCase, record: TrialRecord): Problem[] {
  const mocks = record.unusedMocks.filter(({ target }) => !sharedMocks.has(target));
  return [
    ...mocks.map(({ target, index }) => ({
      what: `mocks.${target}`,
      message: `answer ${index + 1} was never asked for`,
    })),
    ...record.unusedEvents.map((index) => ({
      what: `events[${index}]`,
      message: `${JSON.stringify(test.events?.[index]?.event["type"])} came to nobody: the run had ended, or did not wait for it`,
    })),
  ];
}

function isOf(target: string) {
  return ({ pointer, ...about }: { pointer: string; task?: string; name?: string }): boolean =>
    pointer === target || (about.task ?? about.name) === target;
}

function compare(what: string, expected: Json, actual: Json): Problem[] {
  return isSame(expected, actual) ? [] : [differs(what, expected, actual)];
}

/** Of maps, only what is expected counts. */
function compareSpoken(what: string, expected: Json, actual: Json): Problem[] {
  return compare(what, expected, spokenOf(expected, actual));
}

function differs(what: string, expected: Json, actual: Json): Problem {
  return { what, message: "is not as expected", compared: { expected, actual } };
}

function errorText(error: Json): string {
  return Object.entries(error as Record<string, Json>)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}
