import type { FaultRecord } from "./fault-plan.ts";
import type { Played } from "./play-scenario.ts";
import type { MessageSummary, PartSummary, RunSummary } from "./run-summary.ts";
import { isRepeatable, type Scenario } from "./scenario.ts";

const unknownOutcome = "outcome unknown: ";

/**
 * What an interrupted run did that it must not: one sentence each, none when it is as good as the
 * run that nobody interrupted.
 */
export function findFaults(scenario: Scenario, reference: Played, played: Played): string[] {
  const inFlight = effectsInFlight(played.log);
  const unknown = Object.keys(scenario.calls).filter(
    (key) => inFlight.has(key) && !isRepeatable(scenario.calls[key]!),
  );
  // A call that was cut short ends before it can be cancelled; the cancel comes in the next turn.
  const nextTurn = scenario.cancelDuring !== undefined && unknown.length > 0 ? 1 : 0;
  return [
    ...killFaults(played),
    ...requestFaults(reference, played, nextTurn),
    ...callFaults(scenario, played, inFlight),
    ...journalFaults(played.journal),
    ...outcomeFaults(scenario, reference.summary, played, unknown),
  ];
}

/** A kill that never came shows nothing. */
function killFaults({ kills, log }: Played): string[] {
  const killed = log.filter(({ kind }) => kind === "killed").length;
  return killed === kills ? [] : [`${killed} kills happened, not ${kills}`];
}

/** Effects that were started and not ended at a kill, and at how many kills. */
function effectsInFlight(log: readonly FaultRecord[]): Map<string, number> {
  const open = new Set<string>();
  const counts = new Map<string, number>();
  for (const record of log) {
    if (record.kind === "killed") {
      for (const key of open) counts.set(key, (counts.get(key) ?? 0) + 1);
      continue;
    }
    for (const row of record.rows) noteRow(open, row);
  }
  return counts;
}

function noteRow(open: Set<string>, row: string): void {
  const [type, key = ""] = row.split(" ");
  if (type === "STARTED") open.add(key);
  else if (type === "DONE" || type === "FAILED" || type === "CANCELLED") open.delete(key);
}

/** A recorded answer is never asked for again; one in flight once more for each kill. */
function requestFaults(reference: Played, played: Played, nextTurn: number): string[] {
  const repeats = modelCallsInFlight(played.log);
  const turns = Math.max(reference.requests.length, played.requests.length);
  return Array.from({ length: turns }, (_, turn) => turn).flatMap((turn) => {
    const least = reference.requests[turn] ?? 0;
    const isNext = turn >= reference.requests.length;
    const most = least + (repeats[turn] ?? 0) + (isNext ? nextTurn : 0);
    const found = played.requests[turn] ?? 0;
    if (found >= least && found <= most) return [];
    return [`turn ${turn} was asked of the model ${found} times, not ${least} to ${most}`];
  });
}

/** At how many kills a request of each turn was under way. */
function modelCallsInFlight(log: readonly FaultRecord[]): number[] {
  const counts: number[] = [];
  let turn = 0;
  const open = new Set<string>();
  for (const record of log) {
    if (record.kind === "killed") {
      if ([...open].some((key) => key.startsWith("model#"))) counts[turn] = (counts[turn] ?? 0) + 1;
      continue;
    }
    for (const row of record.rows) {
      noteRow(open, row);
      if (row.startsWith("DONE model#")) turn += 1;
    }
  }
  return counts;
}

function callFaults(
  scenario: Scenario,
  played: Played,
  inFlight: ReadonlyMap<string, number>,
): string[] {
  return Object.entries(scenario.calls).flatMap(([key, call]) => {
    const found = played.calls.get(call.id) ?? 0;
    const kills = inFlight.get(key) ?? 0;
    const most = isRepeatable(call) ? 1 + kills : 1;
    // Started and killed: the call may not have reached its server.
    const least = kills > 0 && !isRepeatable(call) ? 0 : 1;
    if (found >= least && found <= most) return [];
    return [`${key} (${call.tool}) was called ${found} times, not ${least} to ${most}`];
  });
}

function journalFaults(journal: readonly string[]): string[] {
  const ends = journal.filter((row) => /^(DONE|FAILED) /.test(row)).map((row) => row.split(" ")[1]);
  const twice = ends.filter((key, index) => ends.indexOf(key) !== index);
  return twice.map((key) => `${key} ended twice in the journal`);
}

function outcomeFaults(
  scenario: Scenario,
  reference: RunSummary,
  played: Played,
  unknown: readonly string[],
): string[] {
  const ids = unknown.map((key) => scenario.calls[key]!.id);
  const expected = withUnknown(reference, ids);
  const found = withUnknown(played.summary, ids);
  const told = played.summary.messages
    .flatMap(({ parts }) => parts.map(textOf))
    .filter((text) => text.startsWith(unknownOutcome)).length;
  const faults = Bun.deepEquals(expected, found)
    ? []
    : [`the end differs:\n${differenceOf(expected, found)}`];
  if (told !== unknown.length) {
    faults.push(`${told} results are told as unknown, though ${unknown.length} are`);
  }
  if (
    told > 0 &&
    scenario.cancelDuring === undefined &&
    !played.lastRequest.includes(unknownOutcome)
  ) {
    faults.push("the model never read that an outcome is unknown");
  }
  return faults;
}

/** The result of each call whose outcome nobody knows, told alike. */
function withUnknown(summary: RunSummary, ids: readonly string[]): RunSummary {
  const messages = summary.messages.map((message): MessageSummary => ({
    ...message,
    parts: message.parts.map((part) =>
      part.toolResult && ids.includes(part.toolResult.callId)
        ? { toolResult: { ...part.toolResult, isError: true, content: [{ text: "?" }] } }
        : part,
    ),
  }));
  return { ...summary, messages };
}

/** The lines that only one of two has. */
function differenceOf(expected: unknown, found: unknown): string {
  const [left, right] = [expected, found].map((value) =>
    Bun.inspect(value, { depth: 20 }).split("\n"),
  ) as [string[], string[]];
  const removed = left.filter((line) => !right.includes(line)).map((line) => `- ${line.trim()}`);
  const added = right.filter((line) => !left.includes(line)).map((line) => `+ ${line.trim()}`);
  return [...removed, ...added].join("\n");
}

function textOf({ toolResult }: PartSummary): string {
  return toolResult?.content[0]?.text ?? "";
}
