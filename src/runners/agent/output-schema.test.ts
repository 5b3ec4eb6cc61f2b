import { describe, expect, test } from "bun:test";
import { outputContract } from "./output-contract.ts";
import { answers, asks, AgentTrial, says } from "./testing/agent-trial.ts";

const output = await outputContract({
  type: "object",
  properties: { total: { type: "number" } },
  required: ["total"],
});

describe("an agent with an output schema", () => {
  test("answers with JSON that satisfies it, after as many tools as it likes", async () => {
    const trial = new AgentTrial({
      replies: [asks("lookup"), says('```json\n{"total": 4}\n```')],
      tools: { lookup: answers("4") },
      output,
    });
    expect(await trial.run()).toEqual({ kind: "completed", text: '{"total": 4}' });
    expect(trial.calls[0]!.outputSchema).toBe(output.schema);
  });

  test("is told what is wrong with its answer, as a message that nobody wrote", async () => {
    const trial = new AgentTrial({
      replies: [says('{"total": "4"}'), asks("lookup"), says('{"total": 4}')],
      tools: { lookup: answers("4") },
      output,
    });
    expect(await trial.run()).toEqual({ kind: "completed", text: '{"total": 4}' });
    const repair = trial.calls[1]!.messages.at(-1)!;
    expect(repair.role).toBe("user");
    expect(JSON.stringify(repair.parts)).toContain(
      '- /total: Instance type \\"string\\" is invalid. Expected \\"number\\".',
    );
    const automatic = trial.messages.filter((message) => message.automatic);
    expect(automatic.map(({ sequence }) => Number(sequence))).toEqual([3]);
  });

  test("fails after two repairs, and says what is still wrong", async () => {
    const replies = [says("four"), says("[]"), says("{}")];
    const trial = new AgentTrial({ replies, output });
    expect(await trial.run()).toMatchObject({
      kind: "failed",
      error: {
        code: "bad-output",
        message:
          'none of 3 answers satisfies the output schema; the last one: the whole: Instance does not have required property "total".',
      },
    });
    expect(trial.calls.length).toBe(3);
  });

  test("is asked again when it says nothing", async () => {
    const trial = new AgentTrial({ replies: [says(""), says('{"total": 1}')], output });
    expect(await trial.run()).toMatchObject({ kind: "completed" });
  });

  test("ends at the limit of turns like any other", async () => {
    const limits = { maxTurns: 1 };
    const trial = new AgentTrial({ replies: [says("four"), says("never said")], output, limits });
    expect(await trial.run()).toMatchObject({ kind: "failed", error: { code: "limit-turns" } });
  });
});
