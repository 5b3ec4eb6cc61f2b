import type { Json } from "../../../contract/json.ts";
import { bareExpression, template } from "../../../workflow/expression/expression-readers.ts";
import type { EvaluationScope, Expression } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { type Reader, Reading } from "../../../workflow/reading/reading.ts";
import { useNamesOf } from "../../../workflow/definition/use-names.ts";
import type { Mock, MockAnswer } from "../../../workflow/trial/trial-protocol.ts";
import { WorkflowFailure } from "../workflow-failure.ts";
import { TrialStopped } from "./trial-stopped.ts";

/** A task that would do something in the world, and what it would send. */
export interface Asked {
  readonly task: string;
  readonly pointer: string;
  readonly what: string;
  /** Of the effect: the same when a runner repeats it. */
  readonly key: string;
  readonly sent: Json;
}

export interface GivenAnswer {
  readonly delayMs: number;
  readonly output: Json;
  readonly failure: WorkflowFailure | undefined;
}

interface ReadAnswer {
  readonly delayMs: number;
  readonly output: Template | undefined;
  readonly error: Template | undefined;
  readonly when: Expression | undefined;
}

interface ReadMock {
  readonly mock: Mock;
  readonly answers: readonly ReadAnswer[];
  /** Keys of the effects that it was asked for, in their order. */
  readonly keys: string[];
  readonly used: Set<number>;
}

/** Names that answers may use; `.` is what would be sent. */
const variables = ["visit"] as const;

/** The answers of a test, and which of them were given. */
export class MockBook {
  readonly #mocks: ReadonlyMap<string, ReadMock>;

  constructor(mocks: readonly Mock[]) {
    this.#mocks = new Map(mocks.map((mock) => [mock.target, readMock(mock)]));
  }

  /** What a task is answered. @throws TrialStopped when there is no answer */
  answer(asked: Asked): GivenAnswer {
    const { task, pointer, what, sent } = asked;
    const found = this.#mocks.get(pointer) ?? this.#mocks.get(task);
    const visit = found ? visitOf(found, asked.key) : 1;
    const scope = { input: sent, variables: { visit }, now: () => 0 };
    const index = found ? chosen(found, visit, scope) : -1;
    const answer = found?.answers[index];
    if (!found || !answer) {
      const answers = found?.answers.length ?? 0;
      throw new TrialStopped({ kind: "unmocked", task, pointer, what, sent, visit, answers });
    }
    found.used.add(index);
    return given(answer, scope, found.mock.target);
  }

  get unused(): { readonly target: string; readonly index: number }[] {
    return [...this.#mocks.values()].flatMap(({ mock, used }) =>
      mock.answers.flatMap((_, index) => (used.has(index) ? [] : [{ target: mock.target, index }])),
    );
  }
}

function visitOf({ keys }: ReadMock, key: string): number {
  if (!keys.includes(key)) keys.push(key);
  return keys.indexOf(key) + 1;
}

function chosen({ mock, answers }: ReadMock, visit: number, scope: EvaluationScope): number {
  if (mock.choice === "always") return 0;
  if (mock.choice === "visits") return visit - 1;
  return answers.findIndex(({ when }) =>
    tried(mock.target, () => when === undefined || when.holds(scope)),
  );
}

function given(answer: ReadAnswer, scope: EvaluationScope, target: string): GivenAnswer {
  return tried(target, () => {
    const { delayMs, output, error } = answer;
    if (!error) {
      const value = output ? evaluateTemplate(output, scope) : null;
      return { delayMs, output: value, failure: undefined };
    }
    const value = evaluateTemplate(error, scope) as unknown as WorkflowFailure["error"];
    return { delayMs, output: null, failure: new WorkflowFailure(value) };
  });
}

function tried<T>(target: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    throw new TrialStopped({ kind: "bad-mock", target, message: thrown.message });
  }
}

function readMock(mock: Mock): ReadMock {
  const answers = mock.answers.map((answer) => readAnswer(answer, mock.target));
  return { mock, answers, keys: [], used: new Set() };
}

function readAnswer(answer: MockAnswer, target: string): ReadAnswer {
  const { output, error, when, delayMs } = answer;
  const read = <T>(reader: Reader<T>, value: Json): T => readAs(reader, value, target);
  return {
    delayMs,
    output: output === undefined ? undefined : read(template, output),
    error: error && read(template, { ...error }),
    when: when === undefined ? undefined : read(bareExpression, when),
  };
}

function readAs<T>(reader: Reader<T>, value: Json, target: string): T {
  const reading = new Reading(useNamesOf({}));
  const place = { value, pointer: "", reading, variables: [...variables], usesSecrets: false };
  const read = reader(place);
  if (read !== undefined) return read;
  const message = reading.findings.map((finding) => finding.message).join("; ");
  throw new TrialStopped({ kind: "bad-mock", target, message });
}
