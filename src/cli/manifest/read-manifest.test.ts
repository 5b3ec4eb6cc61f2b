import { describe, expect, test } from "bun:test";
import { toJson } from "@bufbuild/protobuf";
import type { Agent } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { ReasoningEffort } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { ResourceDocumentSchema } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { StigmerError } from "../../contract/errors.ts";
import { locateViolations } from "./locate-violations.ts";
import { parseManifest } from "./read-manifest.ts";

const parse = (text: string, name = "a.yaml") => parseManifest([{ name, text }]);

/** The mistakes of a file, as they are printed. */
function mistakes(text: string): string[] {
  try {
    parse(text);
  } catch (thrown) {
    if (!(thrown instanceof StigmerError)) throw thrown;
    return thrown.violations.map(({ field, message }) => `${field}: ${message}`);
  }
  return [];
}

const agent = `apiVersion: agentic.stigmer.ai/v1
kind: Agent
metadata:
  name: reviewer
spec:
  instructions: Review.
`;

describe("a file", () => {
  test("holds several documents, and empty ones do not count", () => {
    const found = parse(`---\n${agent}---\n---\n${agent}`);
    expect(found.map(({ place }) => place)).toEqual(["a.yaml:2:1", "a.yaml:10:1"]);
  });

  test("may be JSON, with tabs, and may use the names of the proto files", () => {
    const json = `{\n\t"kind": "Agent",\n\t"metadata": {"slug": "a"},\n\t"spec": {
      "instructions": "x", "mcp_servers": [{"ref": "files", "enabled_tools": ["read"]}],
      "environmentRefs": ["e"]}}`;
    const [found] = parse(json, "a.json");
    expect(toJson(ResourceDocumentSchema, found!.document)).toMatchObject({
      agent: {
        spec: {
          mcpServers: [{ ref: "files", enabledTools: ["read"] }],
          environmentRefs: ["e"],
        },
      },
    });
  });

  test("that was read back from the daemon is a file: status is left out", () => {
    const [found] = parse(`${agent}status:\n  audit: {created: {actor: local, at: nonsense}}\n`);
    expect(toJson(ResourceDocumentSchema, found!.document)).not.toHaveProperty("agent.status");
  });

  test("may repeat a value by an anchor", () => {
    const text = `kind: Environment\nmetadata: {slug: e}
spec:\n  data:\n    A: &value {value: one}\n    B: *value\n    C: &value {value: two}\n    D: *value\n`;
    const { resource } = parse(text)[0]!.document;
    expect(resource.case === "environment" && resource.value.spec!.data).toMatchObject({
      B: { value: "one" },
      D: { value: "two" },
    });
  });

  test.each(["REASONING_EFFORT_HIGH", "high", "3"])("may name a value of an enum %s", (name) => {
    const [read] = parse(`${agent}  parameters: {reasoningEffort: ${name}}\n`);
    const { value } = read!.document.resource;
    expect((value as Agent).spec?.parameters?.reasoningEffort).toBe(ReasoningEffort.HIGH);
  });

  test("says what is empty, which a message cannot", () => {
    const text = `${agent}  description: ""\n  model:\n  environmentRefs: []
  limits: {maxTurns: 0, maxToolCalls: 3}\n  parameters: {temperature: 0}
  mcpServers: [{inline: {name: a, spec: {description: "", stdio: {command: x}}}}]\n`;
    expect(parse(text)[0]!.document.emptyFields).toEqual([
      "spec.description",
      "spec.model",
      "spec.environmentRefs",
      "spec.limits.maxTurns",
    ]);
  });

  test("that holds nothing is refused", () => {
    expect(() => parse("---\n# only this\n")).toThrow("nothing is in there");
  });
});

describe("a mistake is told with its place", () => {
  test.each<[string, string, string[]]>([
    [
      "an unknown property",
      `${agent}  modle: x\n`,
      ['a.yaml:7:3: spec.modle: there is no such property; did you mean "model"?'],
    ],
    [
      "a wrong type",
      `${agent}  model: 5\n  limits: {maxTurns: many}\n  environmentRefs: one\n`,
      [
        'a.yaml:7:10: spec.model: is the number 5, not text: write "5"',
        'a.yaml:8:22: spec.limits.maxTurns: is "many", not a whole number',
        'a.yaml:9:20: spec.environmentRefs: is "one", not a list',
      ],
    ],
    [
      "a number that does not fit",
      `${agent}  limits: {maxTurns: 3000000000, maxToolCalls: 1.5}\n`,
      [
        "a.yaml:7:22: spec.limits.maxTurns: is the number 3000000000, not a whole number from -2147483648 to 2147483647",
        "a.yaml:7:48: spec.limits.maxToolCalls: is the number 1.5, not a whole number",
      ],
    ],
    [
      "a value that an enum lacks",
      `${agent}  parameters:\n    reasoningEffort: REASONING_EFFORT_HIHG\n`,
      [
        'a.yaml:8:22: spec.parameters.reasoningEffort: "REASONING_EFFORT_HIHG" is no value; did you mean "REASONING_EFFORT_HIGH"?',
      ],
    ],
    [
      "a value that is near none of an enum",
      `${agent}  parameters:\n    reasoningEffort: enormous\n`,
      [
        'a.yaml:8:22: spec.parameters.reasoningEffort: "enormous" is no value; one of low, medium, high',
      ],
    ],
    [
      "an unknown kind",
      agent.replace("Agent", "Agnet"),
      ['a.yaml:2:7: kind: there is no kind "Agnet"; did you mean "Agent"?'],
    ],
    [
      "a kind that is not written by hand",
      agent.replace("Agent", "Session"),
      [
        'a.yaml:2:7: kind: "Session" is not written in files, but Agent, McpServer, Environment, Skill, Workflow, Schedule are',
      ],
    ],
    [
      "another version",
      agent.replace("/v1", "/v9"),
      ['a.yaml:1:13: apiVersion: is "agentic.stigmer.ai/v9", not "agentic.stigmer.ai/v1"'],
    ],
    [
      "what is missing",
      "kind: Agent\nspec: {model: x}\n",
      ["a.yaml:1:1: metadata: is missing", "a.yaml:2:7: spec.instructions: is missing"],
    ],
    [
      "a missing kind",
      "spec: {}\n",
      [
        "a.yaml:1:1: kind: is missing: one of Agent, McpServer, Environment, Skill, Workflow, Schedule",
      ],
    ],
    [
      "none of a oneof, and two of it",
      "kind: McpServer\nmetadata: {slug: m}\nspec: {}\n---\nkind: McpServer\nmetadata: {slug: m}\nspec:\n  stdio: {command: x}\n  http: {url: y}\n",
      [
        "a.yaml:3:7: spec: needs one of stdio, http, docker",
        "a.yaml:9:3: spec.http: cannot stand beside stdio: one of them is enough",
      ],
    ],
    [
      "a key that is given twice",
      `${agent}  model: a/1\n  model: a/2\n  fallbackModels: []\n  fallback_models: []\n`,
      [
        "a.yaml:8:3: spec.model: is given twice",
        "a.yaml:10:3: spec.fallbackModels: is given twice",
      ],
    ],
    [
      "an entry that is given twice",
      'kind: Environment\nmetadata: {slug: e, labels: {a: x, "a": y}}\nspec: {}\n',
      ['a.yaml:2:36: metadata.labels["a"]: is given twice'],
    ],
    ["a list of resources", "- kind: Agent\n", ["a.yaml:1:1: is a list, not a resource"]],
    [
      "an alias to nothing",
      `${agent}  model: *none\n`,
      ['a.yaml:7:10: spec.model: there is no anchor "none"'],
    ],
  ])("%s", (_, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  test("broken syntax", () => {
    expect(mistakes("kind: Agent\nspec: {a: [1\n")[0]).toStartWith("a.yaml:3:1: ");
    expect(mistakes(`${agent}  "unfinished: x\n`)[0]).toStartWith("a.yaml:");
  });

  test("all of all files at once", () => {
    const broken = [
      { name: "a.yaml", text: `${agent}  modle: x\n` },
      { name: "b.yaml", text: `${agent}  modle: x\n  limits: 5\n` },
    ];
    expect(() => parseManifest(broken)).toThrow("3 mistakes");
  });
});

describe("a file that is made to hurt", () => {
  test("ends soon: aliases that stand for millions of values", () => {
    const levels = Array.from({ length: 9 }, (_, index) => {
      const items =
        index === 0
          ? "x"
          : Array(9)
              .fill(`*a${index - 1}`)
              .join(", ");
      return `      k${index}: &a${index} [${items}]`;
    });
    const text = `${agent}  mcpServers:\n    - ref: &a0 a\n  fallbackModels: &l [${"*a0, ".repeat(200)}]\n`;
    expect(mistakes(text)).toEqual([]);
    const bomb = `${agent}  environmentRefs: *a8\n${levels.join("\n")}`;
    expect(mistakes(bomb).length).toBeGreaterThan(0);
  });

  test("ends soon: a value that holds itself", () => {
    const text = `kind: Agent\nmetadata: {slug: a}\nspec: &s\n  instructions: x\n  limits: *s\n`;
    expect(mistakes(text).length).toBeGreaterThan(0);
  });

  test("ends soon: brackets without end", () => {
    expect(mistakes(`${agent}  model: ${"[".repeat(500_000)}`)).toEqual([
      "a.yaml:7:110: is nested deeper than 100 brackets",
    ]);
    expect(mistakes(`kind: ${"- ".repeat(200_000)}`).length).toBeGreaterThan(0);
  });

  test("ends soon: twenty thousand keys", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `    K${index}: {}\n`).join("");
    const text = `kind: Environment\nmetadata: {slug: e}\nspec:\n  data:\n${keys}`;
    expect(parse(text).length).toBe(1);
  });

  test("cannot name the machinery of the language", () => {
    const text = "kind: Environment\nmetadata: {slug: e, labels: {__proto__: x}}\nspec: {}\n";
    const { resource } = parse(text)[0]!.document;
    expect(resource.case === "environment" && Object.keys(resource.value.metadata!.labels)).toEqual(
      ["__proto__"],
    );
  });
});

describe("what the daemon refuses", () => {
  const documents = parse(
    `${agent}  mcpServers:\n    - ref: nothing\n  limits:\n    maxTurns: -1\n---\n${agent}`,
  );
  const located = (field: string, message = "is bad") =>
    locateViolations(
      new StigmerError("invalid-argument", "no", {
        hint: "do this",
        violations: [{ field, rule: "r", message }],
      }),
      documents,
    );

  test.each([
    ["documents[0].agent.spec.mcpServers[0].ref", "a.yaml:8:12: spec.mcpServers[0].ref"],
    ["documents[0].agent.spec.limits.maxTurns", "a.yaml:10:15: spec.limits.maxTurns"],
    ["documents[1].agent.spec.limits.maxTurns", "a.yaml:17:3: spec.limits.maxTurns"],
    ['documents[1].agent.metadata.labels["a b"]', 'a.yaml:15:3: metadata.labels["a b"]'],
    ["documents[1].agent", "a.yaml:12:1"],
  ])("%s stands at %s", (field, place) => {
    const error = located(field);
    expect(error.message).toBe(`${place}: is bad`);
    expect(error.hint).toBe("do this");
  });

  test("of two documents both places are told", () => {
    const error = located("documents[1].agent.metadata.slug", "stands in documents[0] too");
    expect(error.message).toContain("stands in a.yaml:1:1 too");
  });

  test("and is not about a document stays as it is", () => {
    expect(located("pruneSelector").message).toBe("no");
  });
});
