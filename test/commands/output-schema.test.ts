import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

const long = JSON.stringify({ total: 4, note: "x".repeat(40_000) });
const models = {
  exact: [{ text: '{"total": 4}' }],
  wordy: [
    { when: { user: "does not satisfy" }, text: 'Sure:\n```json\n{"total": 5}\n```' },
    { text: "I would say that it is five." },
  ],
  stubborn: [{ text: '{"total": "six"}' }],
  long: [{ text: long, chunk: 5_000 }],
};
const schema = {
  type: "object",
  properties: { total: { type: "number" } },
  required: ["total"],
};

describe("--output-schema", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels(models);
    home = CommandHome.open({ config: configFor(server) });
    await Bun.write(home.at("total.json"), JSON.stringify(schema, null, 2));
    await home.output([
      "agent",
      "create",
      "clerk",
      "-i",
      "Count.",
      "--output-schema",
      "total.json",
    ]);
    await home.output(["agent", "create", "talker", "-i", "Talk."]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function ask(agent: string, model: string, ...flags: string[]) {
    const args = ["agent", "execute", agent, "total?", "-m", `openai-compatible/${model}`];
    return home.run([...args, ...flags]);
  }

  test("prints the answer as JSON, and nothing else on stdout", async () => {
    expect(await ask("clerk", "exact")).toMatchObject({ exitCode: 0, stdout: '{"total": 4}\n' });
  });

  test("shows the schema to the model, behind the instructions of the agent", async () => {
    await ask("clerk", "exact");
    const { messages } = server.journal.entries.at(-1)!.body as { messages: { content: string }[] };
    const [system] = messages;
    expect(system?.content).toStartWith("Count.\n\nYour final answer is one JSON value");
    expect(system?.content).toEndWith(JSON.stringify(schema));
  });

  test("has an answer mended that is prose, and prints the mended one alone", async () => {
    const end = await ask("clerk", "wordy");
    expect(end).toMatchObject({ exitCode: 0, stdout: '{"total": 5}\n' });
    const { items } = await home.json(["execution", "list", "--limit", "1"]);
    const record = await home.json(["execution", "get", items[0].metadata.id]);
    expect(record.status).toMatchObject({ output: '{"total": 5}', structuredOutput: true });
    const written: { automatic?: boolean; sequence: string }[] = record.messages;
    expect(written.filter(({ automatic }) => automatic).map(({ sequence }) => sequence)).toEqual([
      "3",
    ]);
    expect(await home.output(["execution", "get", items[0].metadata.id])).toContain(
      "repair request\n  Your answer does not satisfy",
    );
  });

  test("ends with exit code 1 and the code bad-output when nothing helps", async () => {
    const end = await ask("clerk", "stubborn");
    expectRefusal(end, {
      exitCode: 1,
      error: '/total: Instance type "string" is invalid. Expected "number".',
      hint: "simpler schema",
    });
    expect(server.journal.requestsOf("stubborn")).toBe(3);
    const { items } = await home.json(["execution", "list", "--limit", "1"]);
    expect(items[0].status.error.code).toBe("bad-output");
  });

  test("prints an answer whole that the status only repeats in part", async () => {
    expect(await ask("clerk", "long")).toMatchObject({ exitCode: 0, stdout: `${long}\n` });
  });

  test("of one execution takes the place of the agent's, or gives it one", async () => {
    const words = { type: "object", required: ["words"] };
    await Bun.write(home.at("words.yaml"), "type: object\nrequired: [words]\n");
    const end = await ask("clerk", "exact", "--output-schema", "words.yaml", "-o", "json");
    expect(end.exitCode).toBe(1);
    expect(JSON.parse(end.stdout).spec.outputSchema).toEqual(words);
    expect(await ask("talker", "exact", "--output-schema", "total.json")).toMatchObject({
      exitCode: 0,
      stdout: '{"total": 4}\n',
    });
  });

  test("is taken back with an empty value", async () => {
    await home.output(["agent", "create", "free", "-i", "Talk.", "--output-schema", "total.json"]);
    await home.output(["agent", "update", "free", "--output-schema", ""]);
    expect((await home.json(["agent", "get", "free"])).spec.outputSchema).toBeUndefined();
  });

  test.each([
    ["a type that is none", '{\n  "type": "objekt"\n}', 'bad.json:2:11: type: "objekt" is no type'],
    ["a place elsewhere", '{"$ref": "https://example.com/a"}', "bad.json:1:10: $ref: leads out"],
    ["a list", "[1]", "bad.json does not hold one JSON Schema"],
    ["broken JSON", '{"type": ', "bad.json:1:"],
  ])("refuses %s with its place in the file", async (_, text, error) => {
    await Bun.write(home.at("bad.json"), text);
    for (const command of [
      ["agent", "execute", "clerk", "total?"],
      ["agent", "create", "other", "-i", "Talk."],
    ]) {
      const end = await home.run([...command, "--output-schema", "bad.json"]);
      expectRefusal(end, { exitCode: 2, error });
    }
  });

  test("of a definition in a file is refused at its line", async () => {
    const lines = [
      "apiVersion: agentic.stigmer.ai/v1",
      "kind: Agent",
      "metadata: { name: filed }",
      "spec:",
      "  instructions: Count.",
      "  outputSchema:",
      "    type: object",
      "    properties:",
      "      total: { type: numbr }",
      "",
    ];
    await Bun.write(home.at("agent.yaml"), lines.join("\n"));
    const end = await home.run(["apply", "-f", "agent.yaml"]);
    expectRefusal(end, {
      exitCode: 2,
      error: 'agent.yaml:9:22: spec.outputSchema.properties.total.type: "numbr" is no type',
    });
  });
});
