import { describe, expect, test } from "bun:test";
import type { Json } from "../../../contract/json.ts";
import { standardFailure } from "../workflow-failure.ts";
import { play, type TrialOptions } from "../testing/workflow-trial.ts";

/** One workflow of each kind of task: its tasks, what surrounds it, and what it gives. */
interface Sample {
  readonly does: string;
  readonly yaml: string;
  readonly options?: TrialOptions;
  readonly gives: Json;
  readonly tookMs?: number;
}

const echo = (input: Json): Json => ({ got: input });
const http = (uri: string, body = "${ . }"): string =>
  `{call: http, with: {method: post, endpoint: "${uri}", body: "${body}"}}`;

const samples: readonly Sample[] = [
  {
    does: "set",
    yaml: `do: [{a: {set: {n: "\${ .n + 1 }"}}}]`,
    options: { input: { n: 1 } },
    gives: { n: 2 },
  },
  {
    does: "do, with its data flowing on",
    yaml: `do: [{a: {do: [{b: {set: {x: "\${ .n }"}}}, {c: {set: {y: "\${ .x + 1 }"}}}]}}, {d: {set: {z: "\${ .y }"}}}]`,
    options: { input: { n: 1 } },
    gives: { z: 2 },
  },
  {
    does: "a condition, and what is skipped passes its input on",
    yaml: `do: [{a: {if: .n > 5, set: {x: 1}}}, {b: {if: .n > 0, set: {m: "\${ .n }"}}}]`,
    options: { input: { n: 1 } },
    gives: { m: 1 },
  },
  {
    does: "input, output and export",
    yaml: `do: [{a: {input: {from: .deep}, set: {v: "\${ .x }"}, output: {as: .v}, export: {as: "{kept: $output}"}}}, {b: {set: {n: "\${ . }", kept: "\${ $context.kept }", task: "\${ $task.name }"}}}]`,
    options: { input: { deep: { x: 7 } } },
    gives: { n: 7, kept: 7, task: "b" },
  },
  {
    does: "input and output of the workflow",
    yaml: `input: {from: .order}\noutput: {as: "{id: .id, raw: $workflow.input.order.id}"}\ndo: [{a: {set: "\${ . }"}}]`,
    options: { input: { order: { id: 3 } } },
    gives: { id: 3, raw: 3 },
  },
  {
    does: "for, each iteration with the output of the one before",
    yaml: `do: [{a: {for: {each: n, in: .list, at: i}, do: [{b: {set: {sum: "\${ (.sum // 0) + $n * $i }", list: "\${ .list }"}}}]}}]`,
    options: { input: { list: [5, 6, 7] } },
    gives: { sum: 20, list: [5, 6, 7] },
  },
  {
    does: "for while",
    yaml: `do: [{a: {for: {in: "[1,2,3,4]"}, while: (.n // 0) < 2, do: [{b: {set: {n: "\${ (.n // 0) + 1 }"}}}]}}]`,
    gives: { n: 2 },
  },
  {
    does: "for over nothing",
    yaml: `do: [{a: {for: {in: "[]"}, do: [{b: {set: {n: 1}}}]}}]`,
    options: { input: { n: 0 } },
    gives: { n: 0 },
  },
  {
    does: "for with several at a time",
    yaml: `do: [{a: {for: {in: .list}, do: [{b: ${http("double", "${ $item }")}}], metadata: {maxParallel: 2}}}]`,
    options: { input: { list: [1, 2, 3] }, answers: { double: (input) => Number(input) * 2 } },
    gives: [2, 4, 6],
  },
  {
    does: "fork, with outputs in the order of the branches",
    yaml: `do: [{a: {fork: {branches: [{b: {do: [{w: {wait: PT5S}}, {s: {set: {slow: true}}}]}}, {c: {set: {fast: true}}}]}}}]`,
    gives: [{ slow: true }, { fast: true }],
    tookMs: 5_000,
  },
  {
    does: "a competing fork, with the output of the winner",
    yaml: `do: [{a: {fork: {compete: true, branches: [{b: {do: [{w: {wait: PT1H}}, {s: {set: {slow: true}}}]}}, {c: {do: [{w: {wait: PT5S}}, {f: {set: {fast: true}}}]}}]}}}]`,
    gives: { fast: true },
    tookMs: 5_000,
  },
  {
    does: "switch, jumps and a way back",
    yaml: `do: [{a: {set: {n: "\${ (.n // 0) + 1 }"}}}, {b: {switch: [{again: {when: .n < 5, then: a}}, {else: {then: d}}]}}, {c: {set: {never: true}}}, {d: {set: {done: "\${ .n }"}}}]`,
    gives: { done: 5 },
  },
  {
    does: "exit and end",
    yaml: `do: [{a: {do: [{b: {set: {x: 1}, then: exit}}, {c: {set: {x: 2}}}]}}, {d: {do: [{e: {set: {x: "\${ .x + 10 }"}, then: end}}]}}, {f: {set: {x: 0}}}]`,
    gives: { x: 11 },
  },
  {
    does: "wait, for weeks in no time",
    yaml: `do: [{a: {wait: P30D}}]`,
    options: { input: { n: 1 } },
    gives: { n: 1 },
    tookMs: 2_592_000_000,
  },
  {
    does: "catch, with the error",
    yaml: `use: {errors: {gone: {type: https://example.com/gone, status: 410, title: Gone}}}\ndo: [{a: {try: [{b: {raise: {error: gone}}}], catch: {errors: {with: {status: 410}}, as: e, do: [{c: {set: "\${ $e }"}}]}}}]`,
    gives: {
      type: "https://example.com/gone",
      status: 410,
      title: "Gone",
      instance: "/do/0/a/try/0/b",
    },
  },
  {
    does: "retries, and what they cost in time",
    yaml: `do: [{a: {try: [{b: ${http("flaky")}}], catch: {errors: {with: {status: 503}}, retry: {delay: {seconds: 2}, backoff: {exponential: {}}, limit: {attempt: {count: 5}}}}}}]`,
    options: {
      answers: {
        flaky: (_, call) => {
          if (call <= 3) throw standardFailure("communication", "busy", { status: 503 });
          return "ok";
        },
      },
    },
    gives: "ok",
    tookMs: 14_000,
  },
  {
    does: "recover when retries are used up",
    yaml: `do: [{a: {try: [{b: ${http("down")}}], catch: {retry: {limit: {attempt: {count: 2}}}, do: [{c: {set: {calls: 3}}}]}}}]`,
    options: {
      answers: {
        down: () => {
          throw standardFailure("communication", "down", { status: 503 });
        },
      },
    },
    gives: { calls: 3 },
  },
  {
    does: "a timeout of a task, as an error of its own",
    yaml: `do: [{a: {try: [{b: {wait: PT1H, timeout: {after: PT10S}}}], catch: {errors: {with: {status: 408, type: https://serverlessworkflow.io/dsl/errors/types/timeout}}, do: [{c: {set: {late: true}}}]}}}]`,
    gives: { late: true },
    tookMs: 10_000,
  },
  {
    does: "emit and listen",
    yaml: `do: [{a: {emit: {event: {with: {type: order.made, source: /test, data: {id: 5}}}}}}, {b: {listen: {to: {one: {with: {type: order.made}}}}}}]`,
    gives: [{ id: 5 }],
  },
  {
    does: "listen until enough came",
    yaml: `do: [{a: {listen: {to: {any: [{with: {type: heat}}], until: "any(.[]; .t > 38)"}}}}]`,
    options: {
      events: [
        { type: "heat", data: { t: 36 } },
        { type: "other", data: {} },
        { type: "heat", data: { t: 39 } },
      ],
    },
    gives: [{ t: 36 }, { t: 39 }],
  },
  {
    does: "listen to all, and correlate",
    yaml: `do: [{a: {listen: {to: {all: [{with: {type: a}, correlate: {id: {from: .data.id}}}, {with: {type: b}, correlate: {id: {from: .data.id}}}]}}}}]`,
    options: {
      events: [
        { type: "a", data: { id: 1 } },
        { type: "b", data: { id: 2 } },
        { type: "b", data: { id: 1 } },
      ],
    },
    gives: [{ id: 1 }, { id: 1 }],
  },
  {
    does: "tasks for each event",
    yaml: `do: [{a: {listen: {to: {any: [{with: {type: n}}], until: length == 2}}, foreach: {item: e, at: i, do: [{b: {set: {n: "\${ $e.n + $i }"}}}]}}}]`,
    options: {
      events: [
        { type: "n", data: { n: 10 } },
        { type: "n", data: { n: 20 } },
      ],
    },
    gives: [{ n: 10 }, { n: 21 }],
  },
  {
    does: "call a function of the definition",
    yaml: `use: {functions: {greet: {set: {text: "Hello \${ .name }"}}}}\ndo: [{a: {call: greet, with: {name: "\${ .who }"}}}]`,
    options: { input: { who: "Ada" } },
    gives: { text: "Hello Ada" },
  },
  {
    does: "extensions, before and after",
    yaml: `use: {extensions: [{log: {extend: set, before: [{b: {set: {ignored: 1}, export: {as: "$context + {before: true}"}}}], after: [{c: {call: http, with: {method: post, endpoint: log, body: "\${ . }"}}}]}}]}\ndo: [{a: {set: {x: "\${ $context.before }"}}}]`,
    options: { answers: { log: () => null } },
    gives: { x: true },
  },
  {
    does: "an extension in place of a task",
    yaml: `use: {extensions: [{mock: {extend: call, when: $task.name == "a", before: [{b: {set: {mocked: true}, then: exit}}]}}]}\ndo: [{a: ${http("nowhere")}}]`,
    gives: { mocked: true },
  },
  {
    does: "an agent as a step",
    yaml: `do: [{a: {call: agent, with: {agent: reviewer, message: "Review \${ .diff }"}}}]`,
    options: {
      input: { diff: "x" },
      children: { reviewer: ({ input }) => ({ kind: "completed", output: echo(input) }) },
    },
    gives: { got: { message: "Review x" } },
  },
  {
    does: "a workflow as a step, and its error",
    yaml: `do: [{a: {try: [{b: {run: {workflow: {namespace: test, name: other, version: 1.0.0}}}}], catch: {as: e, do: [{c: {set: {status: "\${ $e.status }"}}}]}}}]`,
    options: {
      children: {
        "test/other": () => ({
          kind: "failed",
          code: "workflow",
          message: "no",
          details: { type: "https://example.com/no", status: 418 },
        }),
      },
    },
    gives: { status: 418 },
  },
];

describe("a workflow does", () => {
  test.each(samples.map((sample) => [sample.does, sample] as const))("%s", async (_, sample) => {
    const { outcome, tookMs } = await play(sample.yaml, sample.options);
    expect(outcome).toEqual({ kind: "completed", output: sample.gives });
    expect(tookMs).toBe(sample.tookMs ?? 0);
  });
});

describe("wherever its runner dies, a workflow gives the same and repeats nothing that is recorded", () => {
  test.each(samples.map((sample) => [sample.does, sample] as const))("%s", async (_, sample) => {
    const whole = await play(sample.yaml, sample.options);
    const appends = whole.journal.rows.length;
    for (let point = 0; point <= appends; point++) {
      const broken = await play(sample.yaml, { ...sample.options, losses: [point, 1, 0] });
      expect(broken.outcome).toEqual(whole.outcome);
      expect([...broken.effects.keys()].toSorted()).toEqual([...whole.effects.keys()].toSorted());
      const started = broken.journal.keysOf("started");
      for (const [key, count] of broken.effects) {
        expect(count).toBeLessThanOrEqual(started.filter((each) => each === key).length);
      }
    }
  });
});

describe("a workflow fails", () => {
  const failureOf = async (yaml: string, options: TrialOptions = {}): Promise<unknown> => {
    const { outcome } = await play(yaml, options);
    return outcome.kind === "failed" ? outcome.error : outcome;
  };

  test.each<[string, string, object]>([
    [
      "with what is raised",
      "do: [{a: {raise: {error: {type: https://example.com/x, status: 418, detail: no}}}}]",
      { type: "https://example.com/x", status: 418, detail: "no", instance: "/do/0/a" },
    ],
    [
      "with an expression that fails",
      'do: [{a: {set: {x: "${ .a + {} + 1 }"}}}]',
      { status: 400, instance: "/do/0/a/set/x" },
    ],
    [
      "with an expression that never ends",
      'do: [{a: {set: {x: "${ [range(infinite)] }"}}}]',
      { status: 400, instance: "/do/0/a/set/x" },
    ],
    [
      "with a schema that its input does not keep",
      "input: {schema: {document: {type: string}}}\ndo: [{a: {set: {x: 1}}}]",
      { status: 400, detail: "the input of the workflow does not keep its schema: is no string" },
    ],
    [
      "with a call that nobody answers",
      `do: [{a: ${http("nowhere")}}]`,
      { status: 404, instance: "/do/0/a" },
    ],
    [
      "with functions that call themselves",
      "use: {functions: {f: {call: f}}}\ndo: [{a: {call: f}}]",
      { status: 500, detail: "functions call one another more than 50 deep" },
    ],
    ["when its time is up", "timeout: {after: PT1M}\ndo: [{a: {wait: PT1H}}]", { status: 408 }],
    [
      "when a branch does",
      `do: [{a: {fork: {branches: [{b: {wait: PT1S}}, {c: ${http("nowhere")}}]}}}]`,
      { status: 404, instance: "/do/0/a/fork/branches/1/c" },
    ],
    [
      "when what is caught is another error",
      "do: [{a: {try: [{b: {raise: {error: {type: https://example.com/x, status: 418}}}}], catch: {errors: {with: {status: 404}}}}}]",
      { status: 418 },
    ],
  ])("%s", async (_, yaml, error) => {
    expect(await failureOf(yaml)).toMatchObject(error);
  });
});

test.each([
  [
    "a race that another wins",
    "do: [{a: {fork: {compete: true, branches: [{b: {wait: PT1M}}, {c: {wait: PT2M}}]}}}]",
    "c",
  ],
  [
    "the time of the tasks around it",
    "do: [{a: {do: [{c: {wait: PT2M}}], timeout: {after: PT1M}}}]",
    "c",
  ],
])("a task that %s ends is reported as cancelled", async (_, yaml, name) => {
  const { updates } = await play(yaml);
  const phases = updates.filter((update) => update.name === name).map(({ phase }) => phase);
  expect(phases).toEqual(["running", "cancelled"]);
});

test("a secret reaches a call and nothing that is recorded", async () => {
  const seen: Json[] = [];
  const yaml = `use: {secrets: [key]}\ndo: [{a: ${http("vault", "${ $secrets.key }")}}]`;
  const answers = { vault: (input: Json): Json => (seen.push(input), "ok") };
  const { outcome, journal, updates } = await play(yaml, {
    answers,
    secrets: { key: "s3cret-value" },
  });
  expect(outcome.kind).toBe("completed");
  expect(seen).toEqual(["s3cret-value"]);
  expect(JSON.stringify([journal.rows, updates])).not.toContain("s3cret-value");
});

test.each([
  ["iterates", "do: [{a: {for: {in: 20000}, do: [{b: {set: {}}}]}}]"],
  [
    "goes back",
    'do: [{a: {set: {n: "${ (.n // 0) + 1 }"}}}, {b: {switch: [{c: {when: .n < 20000, then: a}}]}}]',
  ],
])("a workflow that %s leaves its runner free to do other things", async (_, yaml) => {
  let turns = 0;
  const others = setInterval(() => (turns += 1), 1);
  const { outcome } = await play(yaml);
  clearInterval(others);
  expect(outcome.kind).toBe("completed");
  // A loop that never gives way lets no timer fire before its end.
  expect(turns).toBeGreaterThan(2);
});

test("what becomes of each task is reported once, however often the runner dies", async () => {
  const yaml = `do: [{a: {if: "false", set: {x: 1}}}, {b: {for: {in: "[1,2]"}, do: [{c: {wait: PT1M}}]}}]`;
  const phases = async (losses: number[]): Promise<string[]> => {
    const { updates } = await play(yaml, { losses });
    return updates.map(({ pointer, phase }) => `${pointer} ${phase}`);
  };
  const whole = await phases([]);
  expect(whole).toEqual([
    "/do/0/a skipped",
    "/do/1/b running",
    "/do/1/b/do/0/c running",
    "/do/1/b/do/0/c completed",
    "/do/1/b/do/0/c running",
    "/do/1/b/do/0/c completed",
    "/do/1/b completed",
  ]);
  for (let point = 0; point < 12; point++) expect(await phases([point, 1])).toEqual(whole);
});
