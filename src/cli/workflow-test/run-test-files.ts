import type { Json } from "../../contract/json.ts";
import type { TrialReport, TrialRequest } from "../../workflow/trial/trial-protocol.ts";
import type { CaseResult } from "./case-result.ts";
import { JournalFile } from "./journal-file.ts";
import { judgeCase } from "./judge-case.ts";
import type { Problem } from "./problem.ts";
import { journalView } from "./record-view.ts";
import { runTrials } from "./run-trials.ts";
import type { ReadyCase, TestFile } from "./test-file.ts";

export interface TestOptions {
  /** Names of the cases to run; none: all. */
  readonly only: readonly string[];
  readonly killPoints: boolean;
  /** Takes over the journals of cases that are well otherwise. */
  readonly update: boolean;
  readonly signal: AbortSignal;
}

interface Chosen {
  readonly file: TestFile;
  readonly ready: ReadyCase;
}

/** When a run starts whose case does not say. */
const usualStartMs = Date.UTC(2026, 0, 1);

/** Runs the cases of files, and gives what came of each in their order. */
export async function runTestFiles(
  files: readonly TestFile[],
  options: TestOptions,
): Promise<CaseResult[]> {
  const { only, signal } = options;
  const chosen = files.flatMap((file) =>
    file.cases
      .filter(({ test }) => only.length === 0 || only.includes(test.name))
      .map((ready) => ({ file, ready })),
  );
  const requests = chosen.map((one, id) => requestOf(one, id, options.killPoints));
  const reports = await runTrials(requests, signal);
  const results: CaseResult[] = [];
  for (const file of files) {
    const journals = await JournalFile.open(file.path);
    for (const [index, { file: of, ready }] of chosen.entries()) {
      const report = reports[index];
      if (of === file && report)
        results.push(resultOf({ file, ready }, report, { journals, options }));
    }
    // What was not run keeps its journal.
    if (!options.update) continue;
    for (const ready of file.cases) {
      const isChosen = chosen.some((one) => one.ready === ready);
      if (!isChosen && ready.test.snapshot === true) journals.update(ready.test.name, undefined);
    }
    await journals.save();
  }
  return results;
}

function requestOf({ file, ready }: Chosen, id: number, killPoints: boolean): TrialRequest {
  const { test, mocks, secrets } = ready;
  return {
    id,
    definition: file.workflow.definition.source,
    input: test.input ?? {},
    secrets,
    mocks,
    events: (test.events ?? []).map(({ at, event }) => ({
      ...(at === undefined ? {} : { atMs: at }),
      event,
    })),
    startMs: test.now ?? usualStartMs,
    limits: file.limits,
    killPoints,
  };
}

function resultOf(
  { file, ready }: Chosen,
  report: TrialReport,
  { journals, options }: { readonly journals: JournalFile; readonly options: TestOptions },
): CaseResult {
  const { record, killPoints } = report;
  const { name, snapshot } = ready.test;
  const problems: Problem[] = judgeCase(ready, report);
  if (snapshot === true && record.outcome.kind !== "stopped") {
    const journal: Json = journalView(record);
    if (options.update) journals.update(name, problems.length === 0 ? journal : undefined);
    else problems.push(...journals.compare(name, journal));
  } else if (snapshot === true) {
    journals.update(name, undefined);
  }
  const place = file.place(ready.pointer);
  return { file: file.path, name, place, tookMs: record.tookMs, problems, killPoints };
}
