import { describe, expect, test } from "bun:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ModelRetry } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { parseModelReference } from "../../contract/model-reference.ts";
import { LeaseLost } from "../durable/release.ts";
import type { ModelErrorReason } from "./models/model-error-reason.ts";
import { ModelError } from "./models/model-error.ts";
import { answerOf, AgentTrial, type Reply, says } from "./testing/agent-trial.ts";

/** Long enough for the wait to suspend, which takes no time here. */
const retryAfterMs = 5_000;

function fails(reason: ModelErrorReason): Reply {
  return ({ model }) => {
    throw new ModelError(reason, `${reason} as planned`, model, { retryAfterMs });
  };
}

function retriesOf(trial: AgentTrial): ModelRetry[] {
  return trial.events.flatMap((event) => (event.case === "retry" ? [event.value] : []));
}

function modelsCalled(trial: AgentTrial): string[] {
  return trial.calls.map(({ model }) => `${model.provider}/${model.name}`);
}

describe("a model call that fails", () => {
  test("for a while is tried again after the time that the provider asked for", async () => {
    const trial = new AgentTrial({
      replies: [fails("rate-limited"), fails("overloaded"), says("At last.")],
    });
    expect(await trial.run()).toEqual({ kind: "completed", text: "At last." });
    const retries = retriesOf(trial);
    expect(retries.map(({ attempt, error }) => [attempt, error!.code])).toEqual([
      [1, "rate-limited"],
      [2, "overloaded"],
    ]);
    expect(trial.suspensions.map(({ wakeAtMs }) => wakeAtMs)).toEqual(
      retries.map(({ nextAt }) => timestampMs(nextAt!)),
    );
    expect(trial.status.status.waiting).toBeUndefined();
  });

  test("carries one idempotency key and counts its attempts", async () => {
    const trial = new AgentTrial({ replies: [fails("network"), says("Yes.")] });
    await trial.run();
    expect(trial.calls.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([
      ["aex-1/turn/1", 1],
      ["aex-1/turn/1", 2],
    ]);
  });

  test("as often as is allowed goes to the next model, on the same turn", async () => {
    const plan = { models: ["openai/one", "anthropic/two"], maxRetries: 1 };
    const replies = [fails("overloaded"), fails("overloaded"), says("From the second.")];
    const trial = new AgentTrial({ replies, plan });
    expect(await trial.run()).toEqual({ kind: "completed", text: "From the second." });
    expect(modelsCalled(trial)).toEqual(["openai/one", "openai/one", "anthropic/two"]);
    expect(retriesOf(trial).map(({ model }) => model)).toEqual(["openai/one", "anthropic/two"]);
    expect(trial.status.status).toMatchObject({ turns: 1, model: "anthropic/two" });
    expect(trial.messages.at(-1)!.model).toBe("anthropic/two");
  });

  test("for good goes to the next model at once", async () => {
    const plan = { models: ["openai/one", "anthropic/two"] };
    const trial = new AgentTrial({ replies: [fails("model-not-found"), says("Yes.")], plan });
    await trial.run();
    expect(modelsCalled(trial)).toEqual(["openai/one", "anthropic/two"]);
    expect(trial.suspensions).toEqual([]);
  });

  test("with every model fails the execution with the last reason and its hint", async () => {
    const plan = { models: ["openai/one", "anthropic/two"] };
    const trial = new AgentTrial({ replies: [fails("model-not-found"), fails("auth")], plan });
    expect(await trial.run()).toMatchObject({
      kind: "failed",
      error: { code: "auth", hint: expect.stringMatching(/./) },
    });
  });

  test("at a content filter is not sent to another model", async () => {
    const plan = { models: ["openai/one", "anthropic/two"] };
    const trial = new AgentTrial({ replies: [fails("content-filter")], plan });
    expect(await trial.run()).toMatchObject({ error: { code: "content-filter" } });
    expect(trial.calls.length).toBe(1);
  });

  test("so late that no time is left for another try ends at the time limit", async () => {
    const limits = { timeoutMs: retryAfterMs - 1_000 };
    const trial = new AgentTrial({ replies: [fails("rate-limited")], limits });
    expect(await trial.run()).toMatchObject({ kind: "failed", error: { code: "limit-time" } });
    expect(trial.suspensions).toEqual([]);
  });
});

describe("a key that is gone", () => {
  test("is waited for when it was lent, and does not count as a try", async () => {
    const replies = [fails("credential-missing"), fails("overloaded"), says("Back.")];
    const plan = { models: ["openai/one"], maxRetries: 1 };
    const trial = new AgentTrial({ replies, plan, lentCredentials: ["openai"] });
    expect(await trial.run()).toEqual({ kind: "completed", text: "Back." });
    expect(trial.suspensions[0]).toMatchObject({ topic: "credential/openai" });
  });

  test("is waited for until the time limit", async () => {
    const trial = new AgentTrial({
      replies: [fails("credential-missing")],
      plan: { models: ["openai/one"] },
      lentCredentials: ["openai"],
      signalsCome: false,
    });
    expect(await trial.run()).toMatchObject({ kind: "failed", error: { code: "limit-time" } });
    expect(trial.calls.length).toBe(1);
  });

  test("is a failure when it was never there", async () => {
    const plan = { models: ["openai/one"] };
    const trial = new AgentTrial({ replies: [fails("credential-missing")], plan });
    expect(await trial.run()).toMatchObject({ error: { code: "credential-missing" } });
    expect(trial.suspensions).toEqual([]);
  });
});

describe("text on its way", () => {
  const streams =
    (...pieces: readonly string[]): Reply =>
    (_, onEvent) => {
      let offset = 0;
      for (const text of pieces) {
        onEvent({ kind: "text", offset, text });
        offset += text.length;
      }
      return answerOf([{ kind: "text", text: pieces.join("") }]);
    };

  test("belongs to the message that is recorded in the end", async () => {
    const trial = new AgentTrial({ replies: [streams("It ", "works.")] });
    await trial.run();
    const { id } = trial.messages.at(-1)!;
    expect(trial.deltas.map(({ messageId, offset, text }) => [messageId, offset, text])).toEqual([
      [id, 0, "It "],
      [id, 3, "works."],
    ]);
  });

  test("starts the message again with a higher attempt, in another runner too", async () => {
    const cut: Reply = (call, onEvent) => {
      onEvent({ kind: "text", offset: 0, text: "It br" });
      throw new ModelError("interrupted", "cut", call.model, { retryAfterMs });
    };
    const dying: Reply = (_, onEvent) => {
      onEvent({ kind: "text", offset: 0, text: "It d" });
      trial.context!.loseLease("its runner died");
      return new Promise<never>(() => {});
    };
    const trial: AgentTrial = new AgentTrial({ replies: [cut, dying, streams("It works.")] });
    const lost = await trial.run().catch((thrown: unknown) => thrown);
    expect(lost).toBeInstanceOf(LeaseLost);
    expect(await trial.run()).toEqual({ kind: "completed", text: "It works." });
    const attempts = trial.deltas.map(({ attempt }) => attempt);
    expect(attempts).toEqual(attempts.toSorted((a, b) => a - b));
    expect(new Set(attempts).size).toBe(3);
    expect(new Set(trial.deltas.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

test("a model is asked with the reference that the plan names", async () => {
  const trial = new AgentTrial({ replies: [says("Yes.")], plan: { models: ["ollama/qwen3:8b"] } });
  await trial.run();
  expect(trial.calls[0]!.model).toEqual(parseModelReference("ollama/qwen3:8b"));
});
