import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";
import type { CommandEnd } from "../support/running-command.ts";

setDefaultTimeout(60_000);

const head = "document: {dsl: 1.0.3, namespace: test, name: sample, version: 0.1.0}\n";
const ask =
  "ask: {call: http, with: {method: post, endpoint: 'https://example.com', body: '${ . }'}}";

describe("stigmer workflow test", () => {
  let home: CommandHome;
  let files = 0;
  beforeAll(() => {
    home = CommandHome.open({ local: true });
  });
  afterAll(() => home[Symbol.asyncDispose]());

  /** A test of a workflow in files of its own. */
  const write = (workflow: string, cases: string): string => {
    files += 1;
    writeFileSync(home.at(`w${files}.yaml`), head + workflow);
    const path = home.at(`w${files}.test.yaml`);
    writeFileSync(path, `workflow: w${files}.yaml\n${cases}\n`);
    return path;
  };
  const run = (path: string, ...flags: string[]): Promise<CommandEnd> =>
    home.run(["workflow", "test", path, "--no-start", ...flags]);

  /** Problems of the first case. */
  const problemsOf = async (workflow: string, cases: string, ...flags: string[]) => {
    const { stdout } = await run(write(workflow, cases), ...flags, "-o", "json");
    return JSON.parse(stdout).items[0].problems as { what: string; message: string }[];
  };

  test("waits a month in no time, and needs no daemon", async () => {
    const path = write("do: [{rest: {wait: P30D}}]", "cases: [{name: a, expect: {took: P30D}}]");
    const started = performance.now();
    const { exitCode, stdout } = await run(path);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("passed  a  P30D");
    expect(performance.now() - started).toBeLessThan(10_000);
    expect((await home.run(["local", "status"])).stderr).toContain("No daemon runs");
  });

  test.each([
    ["an answer for all calls", "{output: {n: '${ .body.n }'}}", "{output: {n: 1}}"],
    ["an answer for each visit", "[{output: {n: 2}}]", "{output: {n: 2}}"],
    ["answers by conditions", "[{when: .body.n == 2, output: 0}, {output: 3}]", "{output: 3}"],
    ["an error", "{error: {type: timeout}}", "{error: {type: timeout, status: 408}}"],
    ["an answer that takes its time", "{delay: PT2M, output: 1}", "{took: PT2M}"],
    [
      "an answer that comes too late",
      "{delay: PT6M, output: 1}",
      "{error: {status: 408}, took: PT5M}",
    ],
  ])("a mock is %s", async (_, mock, expected) => {
    const cases = `cases: [{name: a, input: {n: 1}, mocks: {ask: ${mock}}, expect: ${expected}}]`;
    const problems = await problemsOf(`do: [{${ask}}]`, cases);
    if (mock.includes("when")) expect(problems.map(({ what }) => what)).toEqual(["mocks.ask"]);
    else expect(problems).toEqual([]);
  });

  test.each([
    [
      "no mock for a call",
      `do: [{${ask}}]`,
      "{}",
      /"ask" \(call: http\) has no mock.*\n +mocks:\n +ask:/s,
    ],
    [
      "a visit too many",
      `do: [{l: {for: {in: 2}, do: [{${ask}}]}}]`,
      "{mocks: {ask: [{output: 1}]}}",
      /call 2 of "ask" .* has no answer: the mock has 1/,
    ],
    [
      "an event that nobody sends",
      "do: [{l: {listen: {to: {one: {with: {type: yes}}}}}}]",
      "{}",
      /waits for an event of type yes that never comes/,
    ],
    [
      "an event that nobody waits for",
      "do: [{a: {set: {}}}]",
      "{events: [{type: no}]}",
      /came to nobody/,
    ],
    ["a run without end", "do: [{a: {set: {}, then: a}}]", "{}", /not ended after 20000 tasks/],
    [
      "a wait without end",
      "do: [{a: {wait: P999D, then: a}}]",
      "{}",
      /not ended after P3650D of its own time/,
    ],
    [
      "a failure that is not expected",
      "do: [{a: {raise: {error: {type: 'https://x.y/z', status: 418}}}}]",
      "{}",
      /it failed:\n.*418/s,
    ],
    [
      "a success that is not expected",
      "do: [{a: {set: {}}}]",
      "{expect: {error: {}}}",
      /completed, but should fail/,
    ],
    [
      "an expectation that does not hold",
      "do: [{a: {set: {n: 1}}}]",
      "{expect: {holds: .output.n > 1}}",
      /does not hold: .output.n > 1/,
    ],
    [
      "a task that should not run",
      "do: [{a: {set: {}}}]",
      "{expect: {notRun: [a]}}",
      /"a" ran once/,
    ],
  ])("%s fails a case and says why", async (_, workflow, body, message) => {
    const cases = `cases: [${body === "{}" ? "{name: a}" : body.replace("{", "{name: a, ")}]`;
    const problems = await problemsOf(workflow, cases);
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
  });

  test("shows what differs as a diff", async () => {
    const path = write(
      "do: [{a: {set: {n: 1, m: 2}}}]",
      "cases: [{name: a, expect: {output: {n: 1, m: 3}}}]",
    );
    const { exitCode, stdout } = await run(path);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/--- expected\n.*\n.*\n +n: 1\n +-m: 3\n +\+m: 2\n/);
  });

  test.each([
    [
      "a task that is not there",
      "cases: [{name: a, mocks: {aks: {output: 1}}}]",
      /test.yaml:2:27: .*did you mean "ask"/,
    ],
    ["an unknown property", "cases: [{name: a, expects: {output: 1}}]", /did you mean "expect"/],
    [
      "a key that is there twice",
      "cases: [{name: a, name: b}]",
      /cases\[0\]\.name: is given twice/,
    ],
    [
      "an expression that is none",
      "cases: [{name: a, expect: {holds: '. |'}}]",
      /test.yaml:2:\d+:/,
    ],
    ["two cases of one name", "cases: [{name: a}, {name: a}]", /there is another case "a"/],
    [
      "a property that is there twice",
      "workflow: other.yaml\ncases: [{name: a}]",
      /workflow: is given twice/,
    ],
  ])("refuses %s, and says where", async (_, cases, message) => {
    const { exitCode, stderr } = await run(write(`do: [{${ask}}]`, cases));
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  test("takes the definition out of a Workflow resource", async () => {
    const path = write("do: []", "cases: [{name: a, expect: {output: {n: 1}}}]");
    const spec = `${head.trim()}\n  environmentRefs: [staging]\n  do: [{a: {set: {n: 1}}}]`;
    const resource = `kind: Workflow\nmetadata: {slug: sample}\nspec:\n  ${spec}\n`;
    writeFileSync(path.replace(".test.", "."), resource);
    expect((await run(path)).stdout).toContain("passed  a");
    writeFileSync(path.replace(".test.", "."), resource.replace("set:", "sett:"));
    expect((await run(path)).stderr).toMatch(/\.yaml:6:\d+: .*did you mean "set"/);
  });

  test("says where the workflow is wrong", async () => {
    const { exitCode, stderr } = await run(write("do:\n  - a: {cal: http}", "cases: [{name: a}]"));
    expect(stderr).toMatch(/w\d+\.yaml:3:\d+: .*did you mean "call"/);
    expect(exitCode).toBe(2);
  });

  test("keeps journals, and fails when the workflow does something else", async () => {
    const path = write(
      `do: [{${ask}}]`,
      "cases: [{name: a, mocks: {ask: {output: 1}}, snapshot: true}]",
    );
    const journal = path.replace(".test.", ".journal.");
    expect((await run(path)).stdout).toContain("--update writes it");
    expect((await run(path, "--update")).exitCode).toBe(0);
    expect(readFileSync(journal, "utf8")).toContain("endpoint: https://example.com\n");
    expect((await run(path, "--kill-points")).stdout).toMatch(/lost at \d+ points/);
    const workflow = path.replace(".test.", ".");
    writeFileSync(workflow, readFileSync(workflow, "utf8").replace("post", "put"));
    const changed = await run(path);
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toMatch(/-\s+method: post\n\s+\+\s+method: put/);
  });

  test("writes a report for build servers", async () => {
    const path = write(
      "do: [{a: {set: {n: '<&'}}}]",
      "cases: [{name: a, expect: {output: 1}}, {name: b}]",
    );
    await run(path, "--junit", home.at("report.xml"));
    const report = readFileSync(home.at("report.xml"), "utf8");
    expect(report).toContain('<testsuites tests="2" failures="1">');
    expect(report).toContain("&lt;&amp;");
  });

  test("a workflow that does not come through the loss of its runner fails with --kill-points", async () => {
    // Asked again after the loss, it takes longer, and the time is in the output.
    const cases = "cases: [{name: a, mocks: {ask: {delay: PT1M, output: 1}}}]";
    const workflow = `do: [{${ask}}, {t: {set: "\${ now | floor }"}}]`;
    const [problem] = await problemsOf(workflow, cases, "--kill-points");
    expect(problem?.message).toMatch(/with its runner lost after append \d+, it ended with/);
  });
});
