import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import type { Json } from "../contract/json.ts";
import { readWorkflow } from "./read-workflow.ts";

const head = { dsl: "1.0.3", namespace: "test", name: "sample", version: "0.1.0" };

/** What is found in a document with these parts, as `POINTER RULE MESSAGE`. */
function found(parts: string): string[] {
  const { findings } = readWorkflow({ document: head, ...parse(parts) } as Json);
  return findings.map(({ pointer, rule, message }) => `${pointer} ${rule} ${message}`);
}

describe("a secret is used", () => {
  const use = "use: {secrets: [key]}\n";

  test.each([
    [
      "in a header",
      `{call: http, with: {method: get, endpoint: https://x, headers: {A: "Bearer \${ $secrets.key }"}}}`,
    ],
    [
      "to sign in",
      `{call: http, with: {method: get, endpoint: {uri: https://x, authentication: {bearer: {token: "\${ $secrets.key }"}}}}}`,
    ],
    [
      "in the environment of a program",
      `{run: {shell: {command: x, environment: {K: "\${ $secrets.key }"}}}}`,
    ],
    ["under another engine's name", `{run: {shell: {command: x, stdin: "\${ $secret.key }"}}}`],
    [
      "by a name that is computed",
      `{run: {script: {language: js, code: x, stdin: "\${ $secrets[.a] }"}}}`,
    ],
  ])("%s", (_, task) => {
    expect(found(`${use}do: [{a: ${task}}]`)).toEqual([]);
  });

  const recorded =
    "secret $secrets may be used only in the parameters of calls and processes, and authentications: what is computed here is recorded";

  test.each([
    ["what is set", `{set: {x: "\${ $secrets.key }"}}`, "/set/x"],
    ["a condition", `{if: $secrets.key == "x", set: {y: 1}}`, "/if"],
    ["a transformed output", `{set: {y: 1}, output: {as: $secrets}}`, "/output/as"],
    [
      "what an agent is told",
      `{call: agent, with: {agent: a, message: "\${ $secrets.key }"}}`,
      "/with/message",
    ],
    ["the input of a function", `{call: f, with: {x: "\${ $secrets.key }"}}`, "/with/x"],
    [
      "the input of another workflow",
      `{run: {workflow: {namespace: n, name: w, input: "\${ $secrets.key }"}}}`,
      "/run/workflow/input",
    ],
    ["an event", `{emit: {event: {with: {type: t, data: "\${ $secrets.key }"}}}}`, "/data"],
  ])("never in %s", (_, task, at) => {
    const uses = "use: {secrets: [key], functions: {f: {set: {x: 1}}}}\n";
    const [first, ...others] = found(`${uses}do: [{a: ${task}}]`);
    expect(others).toEqual([]);
    expect(first).toStartWith("/do/0/a");
    expect(first).toEndWith(`${at} ${recorded}`);
  });

  test("only when it is declared", () => {
    const task = `{run: {shell: {command: x, stdin: "\${ $secrets.kee + $secrets.other }"}}}`;
    expect(found(`${use}do: [{a: ${task}}]`)).toEqual([
      '/do/0/a/run/shell/stdin unknown-name "other" is not in use.secrets; declare it in use.secrets',
      '/do/0/a/run/shell/stdin unknown-name "kee" is not in use.secrets; did you mean "key"?',
    ]);
  });
});

describe("functions that call themselves", () => {
  const recursion = (functions: string) => found(`use: {functions: ${functions}}\ndo: []`);

  test("always and without end are warned of", () => {
    expect(recursion("{f: {call: f}}")).toEqual([
      '/use/functions/f recursion "f" calls itself, always and without end',
    ]);
    const both = recursion("{f: {do: [{a: {set: {x: 1}}}, {b: {call: g}}]}, g: {call: f}}");
    expect(both.map((each) => each.split(" ")[0])).toEqual([
      "/use/functions/f",
      "/use/functions/g",
    ]);
  });

  test("under a condition are not", () => {
    expect(recursion("{f: {if: .more, call: f}}")).toEqual([]);
    const switched = "{switch: [{s: {when: .done, then: exit}}]}";
    expect(recursion(`{f: {do: [{a: ${switched}}, {b: {call: f}}]}}`)).toEqual([]);
    expect(recursion("{f: {for: {in: .items}, do: [{a: {call: f}}]}}")).toEqual([]);
  });
});

describe("too much is refused with its place", () => {
  test("branches of a fork", () => {
    const branches = Array.from({ length: 10_000 }, (_, index) => ({ [`b${index}`]: { set: {} } }));
    const { findings } = readWorkflow({ document: head, do: [{ a: { fork: { branches } } }] });
    expect(findings).toEqual([
      {
        severity: "error",
        pointer: "/do/0/a/fork/branches",
        rule: "limit",
        message: "has 10000 branches; at most 1000 run at once",
      },
    ]);
  });

  test("nesting", () => {
    let value: Json = 1;
    for (let level = 0; level < 100_000; level++) value = [value];
    const { findings } = readWorkflow({ document: head, do: [{ a: { set: { x: value } } }] });
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ["limit", "is nested deeper than 100 levels"],
    ]);
  });

  test("values", () => {
    const many = Array.from({ length: 300_000 }, () => 1);
    const { findings } = readWorkflow({ document: head, do: [{ a: { set: { x: many } } }] });
    expect(findings.map(({ message }) => message)).toEqual(["holds more than 200000 values"]);
  });

  test("mistakes: they are listed up to 200, in little time", () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `task-number-${index}`);
    const tasks = names.map(
      (name) => `{"${name}":{"set":{"x":1},"then":"${name.replace("b", "p")}"}}`,
    );
    const startedAt = performance.now();
    const { findings } = readWorkflow({ document: head, do: JSON.parse(`[${tasks.join(",")}]`) });
    expect(findings.length).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

test("a switch has one default", () => {
  expect(found("do: [{a: {switch: [{x: {then: end}}, {y: {then: exit}}]}}]")).toEqual([
    '/do/0/a/switch/1/y unique has no "when", and neither has "x": one case is the default',
  ]);
});
