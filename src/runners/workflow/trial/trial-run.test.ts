import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import type { Json } from "../../../contract/json.ts";
import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import { readWorkflow } from "../../../workflow/read-workflow.ts";
import type { Mock, MockAnswer, TrialRequest } from "../../../workflow/trial/trial-protocol.ts";
import { tryKillPoints } from "./kill-points.ts";
import { type FinishedTrial, runTrial } from "./trial-run.ts";

const head = "document: {dsl: 1.0.3, namespace: test, name: sample, version: 0.1.0}\n";
const minuteMs = 60_000;

function definitionOf(yaml: string): WorkflowDefinition {
  const { definition, findings } = readWorkflow(parse(head + yaml) as Json);
  if (!definition) throw new Error(findings.map(({ message }) => message).join("\n"));
  return definition;
}

function requestOf(more: Partial<TrialRequest> = {}): TrialRequest {
  return {
    id: 0,
    definition: null,
    input: {},
    secrets: {},
    mocks: [],
    events: [],
    startMs: Date.UTC(2026, 0, 1),
    limits: { timeMs: 1_000 * 86_400_000, tasks: 1_000 },
    killPoints: false,
    ...more,
  };
}

function always(target: string, answer: Partial<MockAnswer> = {}): Mock {
  return { target, choice: "always", answers: [{ delayMs: 0, output: null, ...answer }] };
}

const call = (name: string): string =>
  `${name}: {call: http, with: {method: get, endpoint: "https://x.example/${name}"}}`;

describe("in a trial", () => {
  test.each<[string, string, number, readonly Mock[]]>([
    ["branches take as long as the slowest", "all", 3, []],
    ["a race takes as long as the fastest", "race", 1, []],
  ])("%s", async (_, kind, minutes) => {
    const compete = kind === "race";
    const yaml = `do: [{a: {fork: {compete: ${compete}, branches: [{${call("b")}}, {${call("c")}}, {w: {wait: PT2M}}]}}}]`;
    const mocks = [always("b", { delayMs: minuteMs }), always("c", { delayMs: 3 * minuteMs })];
    const { record } = await runTrial(definitionOf(yaml), requestOf({ mocks }));
    expect(record.outcome.kind).toBe("completed");
    expect(record.tookMs).toBe(minutes * minuteMs);
  });

  test("a child is waited for as long as it takes, and not longer than its task may", async () => {
    const yaml =
      "do: [{a: {call: agent, with: {agent: x, message: hi}}}, {b: {call: agent, with: {agent: x, message: hi}, timeout: {after: PT1H}}}]";
    const mocks = [always("a", { delayMs: 86_400_000 }), always("b", { delayMs: 86_400_000 })];
    const { record } = await runTrial(definitionOf(yaml), requestOf({ mocks }));
    expect(record.outcome).toMatchObject({ kind: "failed", error: { status: 408 } });
    expect(record.tookMs).toBe(86_400_000 + 3_600_000);
  });

  test("an event reaches who waits for it while another branch works", async () => {
    const yaml = `do: [{a: {fork: {branches: [{l: {listen: {to: {one: {with: {type: go}}}}}}, {${call("c")}}]}}}]`;
    const mocks = [always("c", { delayMs: 5 * minuteMs })];
    const events = [{ atMs: minuteMs, event: { type: "go" } }];
    const { record } = await runTrial(definitionOf(yaml), requestOf({ mocks, events }));
    const listen = record.tasks.find(({ name }) => name === "l");
    expect(listen?.endedMs).toBe(minuteMs);
    expect(record.tookMs).toBe(5 * minuteMs);
  });

  test("runs are alike to the byte", async () => {
    const yaml = `do: [{${call("b")}}, {e: {emit: {event: {with: {type: x}}}}}, {w: {wait: P1D}}]`;
    const request = requestOf({ mocks: [always("b")] });
    const runs = [
      await runTrial(definitionOf(yaml), request),
      await runTrial(definitionOf(yaml), request),
    ];
    expect(JSON.stringify(runs[0]?.record)).toBe(JSON.stringify(runs[1]?.record));
  });
});

describe("losing the runner", () => {
  const yaml = `do: [{${call("a")}}, {w: {wait: P1D}}, {${call("b")}}]`;
  const request = requestOf({ mocks: [always("a"), always("b")] });

  test("at any place changes nothing", async () => {
    const definition = definitionOf(yaml);
    const whole = await runTrial(definition, request);
    const { points, unknown, problems } = await tryKillPoints(definition, request, whole);
    expect({ unknown, problems }).toEqual({ unknown: 0, problems: [] });
    expect(points).toBe(whole.appends + 1);
  });

  test("in the middle of what must not be repeated is told apart", async () => {
    const definition = definitionOf("do: [{s: {run: {shell: {command: pay}}}}]");
    const shell = requestOf({ mocks: [always("s")] });
    const whole = await runTrial(definition, shell);
    expect(await tryKillPoints(definition, shell, whole)).toMatchObject({
      unknown: 1,
      problems: [],
    });
  });

  test("is a problem when the result or what was done is another", async () => {
    const definition = definitionOf(yaml);
    const whole = await runTrial(definition, request);
    const other: FinishedTrial = { ...whole, effects: new Set([...whole.effects, "c#1"]) };
    const { points, problems } = await tryKillPoints(definition, request, other);
    expect(problems).toHaveLength(points);
    expect(problems[0]?.message).toBe("did not do c#1");
  });
});
