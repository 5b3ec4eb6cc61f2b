import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AgentExecutionEventSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { formatModelReference, type ModelReference } from "../../contract/model-reference.ts";
import {
  contextErrorCodes,
  type EffectScope,
  ExecutionFailure,
} from "../durable/durable-context.ts";
import type { AgentTurns } from "./agent-turns.ts";
import { limitReached } from "./limit-reached.ts";
import { ModelError } from "./models/model-error.ts";
import type { ModelAnswer } from "./models/model-request.ts";
import { retryDelayMs } from "./models/retry-delay.ts";
import { reportMessage } from "./report-message.ts";

/** Attempts of one call after an unknown outcome stay below the attempts of the next call. */
const attemptsPerCall = 1_000;

/**
 * Asks the model for its next message. Failures that may pass are tried again after a delay, then
 * the fallback models on the same turn; every attempt is an operation of its own in the journal.
 */
export async function askModel(turns: AgentTurns): Promise<ModelAnswer> {
  return await new ModelTurn(turns).ask();
}

/** One attempt at one model. */
interface Attempt {
  readonly model: ModelReference;
  /** From 1, for this model; waiting for a credential does not count. */
  readonly number: number;
}

type Tried = { readonly answer: ModelAnswer } | { readonly failure: ExecutionFailure };

class ModelTurn {
  readonly #turns: AgentTurns;
  readonly #messageId: string;
  /** Calls of this turn, whatever the model. */
  #calls = 0;

  constructor(turns: AgentTurns) {
    this.#turns = turns;
    this.#messageId = turns.run.context.uuid("message-id");
  }

  async ask(): Promise<ModelAnswer> {
    const { models } = this.#turns;
    let last = new ExecutionFailure({ code: "model-unavailable", message: "no model is named" });
    for (const [index, model] of models.entries()) {
      const tried = await this.#askOne(model);
      if ("answer" in tried) return this.#accept(model, tried.answer);
      last = tried.failure;
      const next = models[index + 1];
      if (next === undefined || last.code === "content-filter") break;
      this.#reportRetry(last, this.#turns.run.context.now(), next);
    }
    throw last;
  }

  /** Until it answers or another attempt cannot help. */
  async #askOne(model: ModelReference): Promise<Tried> {
    const { run } = this.#turns;
    for (let number = 1; ;) {
      const attempt = { model, number };
      const tried = await this.#tryOnce(attempt);
      if ("answer" in tried) return tried;
      const { failure } = tried;
      if (failure.code === "credential-missing" && run.lentCredentials.has(model.provider)) {
        await this.#waitForCredential(model, failure);
        continue;
      }
      const delayMs = this.#retryDelay(attempt, failure);
      if (delayMs === undefined || number > this.#turns.plan.maxRetries) return tried;
      await this.#pause(failure, delayMs, model);
      number += 1;
    }
  }

  async #tryOnce(attempt: Attempt): Promise<Tried> {
    const { run, deadlineMs } = this.#turns;
    this.#calls += 1;
    const timeoutMs = deadlineMs - run.context.now();
    if (timeoutMs <= 0) throw this.#timeIsUp();
    try {
      const effect = (scope: EffectScope): Promise<ModelAnswer> => this.#call(attempt, scope);
      return { answer: await run.context.step("model", effect, { timeoutMs, onUnknown: "retry" }) };
    } catch (thrown) {
      if (!(thrown instanceof ExecutionFailure)) throw thrown;
      if (thrown.code === contextErrorCodes.cancelled) throw thrown;
      const isLate = thrown.code === contextErrorCodes.timeout && run.context.now() >= deadlineMs;
      if (isLate) throw this.#timeIsUp();
      return { failure: thrown };
    }
  }

  async #call({ model }: Attempt, { signal, attempt }: EffectScope): Promise<ModelAnswer> {
    const { run, conversation, tools } = this.#turns;
    const messageId = this.#messageId;
    const deltaAttempt = this.#calls * attemptsPerCall + attempt;
    const call = {
      model,
      instructions: run.instructions,
      messages: conversation,
      tools,
      parameters: run.parameters,
      ...(run.output === undefined ? {} : { outputSchema: run.output.schema }),
      idempotencyKey: `${run.context.executionId}/turn/${run.status.turns + 1}`,
      attempt: this.#calls,
      signal,
    };
    try {
      return await run.callModel(call, (event) => {
        if (event.kind === "tool-call") return;
        const { offset, text, kind } = event;
        const reasoning = kind === "reasoning";
        run.emitDelta({ messageId, attempt: deltaAttempt, offset, text, reasoning });
      });
    } catch (thrown) {
      throw thrown instanceof ModelError ? recordable(thrown) : thrown;
    }
  }

  #accept(reference: ModelReference, answer: ModelAnswer): ModelAnswer {
    const { run } = this.#turns;
    const model = formatModelReference(reference);
    run.status.addAnswer(model, answer);
    reportMessage(run, answer.message, { messageId: this.#messageId, model, answer });
    return answer;
  }

  #retryDelay({ number }: Attempt, failure: ExecutionFailure): number | undefined {
    const { retryable, retryAfterMs } = failure.details;
    const isRetryable = retryable === true || failure.code === contextErrorCodes.timeout;
    const asked = typeof retryAfterMs === "number" ? { retryAfterMs } : {};
    const seed = `${this.#turns.run.context.executionId}/${this.#calls}`;
    return retryDelayMs({ retryable: isRetryable, ...asked }, number, jitterOf(seed));
  }

  async #pause(failure: ExecutionFailure, delayMs: number, model: ModelReference): Promise<void> {
    const { context } = this.#turns.run;
    const nextAtMs = context.now() + delayMs;
    if (nextAtMs >= this.#turns.deadlineMs) throw this.#timeIsUp();
    this.#reportRetry(failure, nextAtMs, model);
    await context.sleepUntil("retry-delay", nextAtMs);
  }

  async #waitForCredential(model: ModelReference, failure: ExecutionFailure): Promise<void> {
    const { run, deadlineMs } = this.#turns;
    run.status.wait({
      reason: `waits for a key of ${model.provider}: the one it was started with is gone`,
      hint: failure.hint ?? `stigmer model login ${model.provider}`,
    });
    const topic = `credential/${model.provider}`;
    const supplied = await run.context.event("credential", topic, deadlineMs);
    if (supplied === undefined) throw this.#timeIsUp();
    run.status.goOn();
  }

  #reportRetry(failure: ExecutionFailure, nextAtMs: number, next: ModelReference): void {
    const { code, message, hint = "" } = failure;
    const value = {
      attempt: this.#calls,
      error: { code, message, hint },
      nextAt: timestampFromMs(nextAtMs),
      model: formatModelReference(next),
    };
    this.#turns.run.context.report(
      create(AgentExecutionEventSchema, { event: { case: "retry", value } }),
    );
  }

  #timeIsUp(): ExecutionFailure {
    return limitReached("time", Math.round(this.#turns.plan.limits.timeoutMs / 1_000));
  }
}

/** The reason of a model error is its code in the journal. */
function recordable(error: ModelError): ExecutionFailure {
  const { reason, message, hint, retryable, retryAfterMs } = error;
  const details = { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new ExecutionFailure({ code: reason, message, hint, details });
}

/** In [0, 1): differs between executions, is the same in every replay of one. */
function jitterOf(seed: string): number {
  return Bun.hash.crc32(seed) / 2 ** 32;
}
