import { dirname, join } from "node:path";
import { isJsonMap, type Json } from "../../contract/json.ts";
import { useNamesOf } from "../../workflow/definition/use-names.ts";
import type { WorkflowDefinition } from "../../workflow/definition/workflow-definition.ts";
import { readWorkflow } from "../../workflow/read-workflow.ts";
import type { Finding } from "../../workflow/reading/finding.ts";
import { type ReadBy, Reading } from "../../workflow/reading/reading.ts";
import { manifestError, type ManifestProblem } from "../manifest/manifest-problem.ts";
import { checkNames } from "./check-names.ts";
import { readDocument } from "./read-document.ts";
import type { ReadyCase, TestFile } from "./test-file.ts";
import { type TestCase, testFileFormat } from "./test-file-format.ts";

/** Longer than any workflow is meant to take. */
const usualTimeMs = 3_650 * 86_400_000;
const usualTasks = 20_000;

type Written = ReadBy<typeof testFileFormat>;

/**
 * Reads a file of tests and the workflow that it is about.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands, in either file
 */
export async function readTestFile(path: string): Promise<TestFile> {
  const { value, place } = await readDocument(path);
  const reading = new Reading(useNamesOf({}));
  const written = testFileFormat({
    value,
    pointer: "",
    reading,
    variables: [],
    usesSecrets: false,
  });
  if (!written || !reading.isSound) throw mistakes(reading.findings, place);
  const workflowPath = join(dirname(path), written.workflow);
  const definition = await readDefinition(workflowPath);
  const findings = checkNames(written, definition);
  if (findings.length > 0) throw mistakes(findings, place);
  const { time, tasks } = written.limits ?? {};
  return {
    path,
    workflow: { path: workflowPath, definition },
    limits: { timeMs: time ?? usualTimeMs, tasks: tasks ?? usualTasks },
    cases: written.cases.map((test, index) => readyCase(test, index, { written, definition })),
    place,
  };
}

/** A bare document, or a Workflow resource that carries one. */
async function readDefinition(path: string): Promise<WorkflowDefinition> {
  const { value, place } = await readDocument(path);
  const isResource = isJsonMap(value) && value["kind"] === "Workflow" && "spec" in value;
  const document = isResource ? withoutOurs(value["spec"] ?? null) : value;
  const { definition, findings } = readWorkflow(document);
  if (definition) return definition;
  const errors = findings.filter(({ severity }) => severity === "error");
  const prefix = isResource ? "/spec" : "";
  throw mistakes(errors, (pointer) => place(`${prefix}${pointer}`));
}

/** Environments stand beside the document of the specification. */
function withoutOurs(spec: Json): Json {
  if (!isJsonMap(spec)) return spec;
  const { environmentRefs: _ours, ...document } = spec;
  return document;
}

function mistakes(findings: readonly Finding[], place: (pointer: string) => string) {
  const problems = findings.map(({ pointer, rule, message }): ManifestProblem => ({
    at: place(pointer),
    path: pointer,
    rule,
    message,
  }));
  return manifestError(problems);
}

/** A case's own mocks and secrets go before those of the file. */
function readyCase(
  test: TestCase,
  index: number,
  { written, definition }: { readonly written: Written; readonly definition: WorkflowDefinition },
): ReadyCase {
  const own = test.mocks ?? new Map<string, never>();
  const shared = [...(written.mocks ?? [])].filter(([target]) => !own.has(target));
  const mocks = [...own, ...shared].map(([target, mock]) => ({ target, ...mock }));
  // A secret that no case gives is its own name, so that a test says only what matters to it.
  const unnamed = (definition.use?.secrets ?? []).map((name): [string, Json] => [
    name,
    `<${name}>`,
  ]);
  const secrets = Object.fromEntries([
    ...unnamed,
    ...(written.secrets ?? []),
    ...(test.secrets ?? []),
  ]);
  return {
    test,
    pointer: `/cases/${index}`,
    mocks,
    sharedMocks: new Set(shared.map(([target]) => target)),
    secrets,
  };
}
