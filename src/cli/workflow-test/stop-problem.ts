import { stringify } from "yaml";
import type { TrialStop } from "../../workflow/trial/trial-protocol.ts";
import { isoDuration } from "./iso-duration.ts";
import type { Problem } from "./problem.ts";

type Unmocked = Extract<TrialStop, { kind: "unmocked" }>;

/** Why a run could not go on, and what to write so that it can. */
export function stopProblem(stop: TrialStop): Problem {
  switch (stop.kind) {
    case "unmocked":
      return { what: `mocks.${stop.task}`, message: unmockedText(stop) };
    case "bad-mock":
      return { what: `mocks.${stop.target}`, message: stop.message };
    case "waits":
      return { what: "events", message: waitsText(stop.types) };
    case "time":
      return {
        what: "limits.time",
        message: `it has not ended after ${isoDuration(stop.limitMs)} of its own time; if it should take longer, raise limits.time`,
      };
    case "tasks":
      return {
        what: "limits.tasks",
        message: `it has not ended after ${stop.limit} tasks; if it should run more, raise limits.tasks`,
      };
    case "defect":
      return { what: "outcome", message: `the trial failed: ${stop.message}` };
  }
}

function unmockedText({ task, what, sent, visit, answers }: Unmocked): string {
  const head =
    answers === 0
      ? `"${task}" (${what}) has no mock, and a test reaches nothing outside of it`
      : `call ${visit} of "${task}" (${what}) has no answer: the mock has ${answers}`;
  const example = stringify({ mocks: { [task]: { output: {} } } });
  return `${head}; it would send\n${indented(stringify(sent))}\nwrite, with the output that the call would give:\n${indented(example)}`;
}

function waitsText(types: readonly string[]): string {
  const named = types.filter((type) => type !== "");
  const what = named.length === 0 ? "an event" : `an event of type ${named.join(" or ")}`;
  const example = stringify({ events: [{ type: named[0] ?? "TYPE", data: {} }] });
  return `it waits for ${what} that never comes; write\n${indented(example)}`;
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "  ");
}
