import { describe, expect, test } from "bun:test";
import { answerOf, answers, asks, AgentTrial, says } from "./testing/agent-trial.ts";

describe("an agent", () => {
  test("answers with the text of its last message, and records what was said", async () => {
    const trial = new AgentTrial({
      replies: [asks("lookup"), says("It is 4.")],
      tools: { lookup: answers("4") },
    });
    expect(await trial.run()).toEqual({ kind: "completed", text: "It is 4." });
    expect(trial.messages.map(({ sequence, role }) => [Number(sequence), role])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 2],
    ]);
    expect(new Set(trial.messages.map(({ id }) => id)).size).toBe(4);
    expect(trial.toldToModel).toEqual(["4"]);
    expect(trial.status).toMatchObject({ turns: 2, toolCalls: 1 });
  });

  test("continues what was said in the session before", async () => {
    const history = [
      { role: "user", parts: [{ kind: "text", text: "Before" }] },
      { role: "assistant", parts: [{ kind: "text", text: "Yes" }] },
    ] as const;
    const trial = new AgentTrial({ replies: [says("Still here.")], history });
    await trial.run();
    const { messages } = trial.calls[0]!;
    expect(messages.slice(0, 2)).toEqual([...history]);
    expect(messages.at(-1)!.parts).toEqual([{ kind: "text", text: "Go" }]);
    expect(trial.messages.length).toBe(2);
  });

  test("that says nothing has failed", async () => {
    for (const text of ["", "  \n"]) {
      const outcome = await new AgentTrial({ replies: [says(text)] }).run();
      expect(outcome).toMatchObject({ kind: "failed", error: { code: "bad-output" } });
    }
  });

  test("that was cut off by a filter still answers with what it said", async () => {
    const trial = new AgentTrial({
      replies: [says("Once upon", { finishReason: "content-filter" })],
    });
    expect(await trial.run()).toEqual({ kind: "completed", text: "Once upon" });
    expect(trial.messages.at(-1)!.finishReason).toBe("content-filter");
  });

  test("names the model that nobody named", async () => {
    const plan = { models: ["ollama/qwen3"], isNewDefault: true };
    const trial = new AgentTrial({ replies: [says("Hi.")], plan });
    await trial.run();
    expect(trial.events).toContainEqual(
      expect.objectContaining({
        case: "defaultModel",
        value: expect.objectContaining({ model: "ollama/qwen3" }),
      }),
    );
  });
});

describe("a limit", () => {
  const lookup = answers("4");

  test("of turns ends the execution after the last of them, with every call answered", async () => {
    const replies = Array.from({ length: 3 }, () => asks("lookup"));
    const trial = new AgentTrial({ replies, tools: { lookup }, limits: { maxTurns: 3 } });
    expect(await trial.run()).toMatchObject({
      kind: "failed",
      error: { code: "limit-turns", message: "the limit of 3 turns was reached" },
    });
    expect(trial.calls.length).toBe(3);
    expect(trial.unanswered).toEqual([]);
  });

  test("of tool calls refuses those of the turn that would pass it, with every call answered", async () => {
    const replies = [asks("lookup", "lookup"), asks("lookup", "lookup")];
    const trial = new AgentTrial({ replies, tools: { lookup }, limits: { maxToolCalls: 3 } });
    expect(await trial.run()).toMatchObject({
      kind: "failed",
      error: { code: "limit-tool-calls" },
    });
    expect(trial.invocations.length).toBe(2);
    expect(trial.unanswered).toEqual([]);
    expect(trial.toldToModel.slice(2)).toEqual([
      "not-called: the limit of 3 tool calls was reached",
      "not-called: the limit of 3 tool calls was reached",
    ]);
  });

  test("of time ends a model call that takes longer", async () => {
    const never = (): Promise<never> => new Promise(() => {});
    const trial = new AgentTrial({ replies: [never], limits: { timeoutMs: 60 } });
    expect(await trial.run()).toMatchObject({ kind: "failed", error: { code: "limit-time" } });
  });

  test("of time ends a tool that takes longer, with every call answered", async () => {
    const slow = { run: () => new Promise<never>(() => {}) };
    const replies = [asks("slow"), says("never said")];
    const trial = new AgentTrial({ replies, tools: { slow }, limits: { timeoutMs: 60 } });
    expect(await trial.run()).toMatchObject({ kind: "failed", error: { code: "limit-time" } });
    expect(trial.unanswered).toEqual([]);
    expect(trial.calls.length).toBe(1);
  });
});

describe("a cancel", () => {
  test("ends the execution with its reason, with every call answered", async () => {
    const trial: AgentTrial = new AgentTrial({
      replies: [asks("quick", "hanging"), says("never said")],
      tools: {
        quick: answers("done"),
        hanging: {
          run: () => {
            trial.context!.cancel("changed my mind");
            return new Promise<never>(() => {});
          },
        },
      },
    });
    expect(await trial.run()).toEqual({ kind: "cancelled", reason: "changed my mind" });
    expect(trial.toldToModel).toEqual(["done", "cancelled: changed my mind"]);
    expect(trial.unanswered).toEqual([]);
  });

  test("before the first call calls nothing", async () => {
    const trial = new AgentTrial({ replies: [] });
    const running = trial.run();
    trial.context!.cancel("at once");
    expect(await running).toEqual({ kind: "cancelled", reason: "at once" });
  });
});

describe("usage", () => {
  test("is the sum of all answers", async () => {
    const trial = new AgentTrial({
      replies: [asks("lookup"), says("4")],
      tools: { lookup: answers("4") },
    });
    await trial.run();
    expect(trial.status.status.usage).toMatchObject({
      inputTokens: 20n,
      outputTokens: 10n,
      cacheReadTokens: 8n,
      cacheWriteTokens: 6n,
      reasoningTokens: 4n,
      modelCalls: 2,
      costUsd: 1,
    });
  });

  test("has no cost as soon as one answer has none", async () => {
    const { costUsd: _, ...unpriced } = answerOf([{ kind: "text", text: "4" }]);
    const replies = [asks("lookup"), () => unpriced, says("never said")];
    const trial = new AgentTrial({ replies, tools: { lookup: answers("4") } });
    await trial.run();
    expect(trial.status.status.usage!.costUsd).toBeUndefined();
    expect(trial.status.status.usage!.modelCalls).toBe(2);
  });
});
