export interface JunitSummary {
  readonly passed: number;
  readonly failed: number;
  /** File and name of each test that did not run. */
  readonly skipped: readonly string[];
}

/**
 * Reads the report of `bun test --reporter=junit`: the totals of its root element, and the name of
 * each test that was skipped.
 *
 * @throws when the text is no such report, so that a crash never reads as "no failures".
 */
export function summarizeJunit(xml: string): JunitSummary {
  const root = /<testsuites\b[^>]*>/.exec(xml)?.[0];
  if (root === undefined) throw new Error("the test report has no <testsuites> element");
  const failed = count(root, "failures");
  const passed = count(root, "tests") - failed - count(root, "skipped");
  return { passed, failed, skipped: skippedNames(xml) };
}

function count(element: string, attribute: string): number {
  const value = new RegExp(` ${attribute}="(\\d+)"`).exec(element)?.[1];
  if (value === undefined) throw new Error(`the test report has no count of ${attribute}`);
  return Number(value);
}

function skippedNames(xml: string): string[] {
  const skipped = /<testcase name="([^"]*)"[^>]* file="([^"]*)"[^>]*>\s*<skipped/g;
  return [...xml.matchAll(skipped)].map(([, name, file]) => `${file}: ${unescapeXml(name ?? "")}`);
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? "");
}
