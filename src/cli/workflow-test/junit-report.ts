import { stringify } from "yaml";
import type { CaseResult } from "./case-result.ts";
import type { Problem } from "./problem.ts";

/** The results as JUnit XML, which build servers read: a suite for each file. */
export function junitReport(results: readonly CaseResult[]): string {
  const files = [...new Set(results.map(({ file }) => file))];
  const suites = files.map((file) =>
    suite(
      file,
      results.filter((result) => result.file === file),
    ),
  );
  const counts = countsOf(results);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${suites.join("")}</testsuites>\n`;
}

function suite(file: string, results: readonly CaseResult[]): string {
  const cases = results.map(testCase).join("");
  return `  <testsuite name="${escaped(file)}" ${countsOf(results)}>\n${cases}  </testsuite>\n`;
}

/** Times are those of the runs, which may be months: servers would add them up, so none is given. */
function testCase({ file, name, problems }: CaseResult): string {
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(file)}"`;
  if (problems.length === 0) return `${head}/>\n`;
  const failures = problems.map(failure).join("");
  return `${head}>\n${failures}    </testcase>\n`;
}

function failure({ what, message, compared }: Problem): string {
  const [first = ""] = message.split("\n");
  const text = compared ? `${message}\n${stringify(compared)}` : message;
  return `      <failure message="${escaped(`${what}: ${first}`)}">${escaped(text)}</failure>\n`;
}

function countsOf(results: readonly CaseResult[]): string {
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  return `tests="${results.length}" failures="${failed}"`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Without the control characters that XML has no way to write. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? "")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "\u{FFFD}");
}
