import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AgentExecutionEventSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { formatModelReference, type ModelReference } from "../../contract/model-reference.ts";
import {
  contextErrorCodes,
  type EffectScope,
  type ExecutionError,
  ExecutionFailure,
  toExecutionError,
} from "../durable/durable-context.ts";
import type { AgentTurns } from "./agent-loop.ts";
import { limitReached } from "./limit-reached.ts";
import { ModelError } from "./models/model-error.ts";
import type { ModelAnswer } from "./models/model-request.ts";
import { retryDelayMs } from "./models/retry-delay.ts";
import { reportMessage } from "./report-message.ts";

/** Attempts of one call after an unknown outcome stay below the attempts of the next call. */
const attemptsPerCall = 1_000;

/** One attempt at one model, and what goes on when it fails. */
interface Attempt {
  readonly model: ModelReference;
  /** From 1, for this model. */
  readonly number: number;
  /** From 1, for this turn. */
  readonly callOfTurn: number;
}

/**
 * Asks the model for its next message. Failures that may pass are tried again after a delay, then
 * the fallback models on the same turn; every attempt is an operation of its own in the journal.
 */
export async function askModel(turns: AgentTurns): Promise<ModelAnswer> {
  const { run } = turns;
  const messageId = run.context.uuid("message-id");
  const turn = run.status.turns + 1;
  let callOfTurn = 0;
  let lastFailure: ExecutionFailure | undefined;
  for (const [index, model] of turns.models.entries()) {
    const next = turns.models[index + 1];
    for (let number = 1; ; number++) {
      const attempt = { model, number, callOfTurn: ++callOfTurn };
      const result = await tryOnce(turns, attempt, messageId, turn);
      if ("answer" in result) return accept(turns, model, messageId, result.answer);
      lastFailure = result.failure;
      const decision = decide(turns, attempt, result.failure, next);
      if (decision === "credential") {
        await waitForCredential(turns, model, result.failure);
        number -= 1;
      } else if (decision === "fallback") {
        reportRetry(turns, attempt, result.failure, run.context.now(), next ?? model);
        break;
      } else {
        const nextAtMs = run.context.now() + decision;
        if (nextAtMs >= turns.deadlineMs) throw timeIsUp(turns);
        reportRetry(turns, attempt, result.failure, nextAtMs, model);
        await run.context.sleepUntil("retry-delay", nextAtMs);
      }
    }
  }
  throw (
    lastFailure ?? new ExecutionFailure({ code: "model-unavailable", message: "no model is named" })
  );
}

type Tried = { readonly answer: ModelAnswer } | { readonly failure: ExecutionFailure };

async function tryOnce(
  turns: AgentTurns,
  attempt: Attempt,
  messageId: string,
  turn: number,
): Promise<Tried> {
  const { context } = turns.run;
  const timeoutMs = turns.deadlineMs - context.now();
  if (timeoutMs <= 0) throw timeIsUp(turns);
  try {
    const effect = (scope: EffectScope): Promise<ModelAnswer> =>
      call(turns, attempt, messageId, turn, scope);
    return { answer: await context.step("model", effect, { timeoutMs, onUnknown: "retry" }) };
  } catch (thrown) {
    if (!(thrown instanceof ExecutionFailure)) throw thrown;
    if (thrown.code === contextErrorCodes.cancelled) throw thrown;
    if (thrown.code === contextErrorCodes.timeout && context.now() >= turns.deadlineMs)
      throw timeIsUp(turns);
    return { failure: thrown };
  }
}

async function call(
  turns: AgentTurns,
  attempt: Attempt,
  messageId: string,
  turn: number,
  scope: EffectScope,
): Promise<ModelAnswer> {
  const { run } = turns;
  const deltaAttempt = attempt.callOfTurn * attemptsPerCall + scope.attempt;
  try {
    return await run.callModel(
      {
        model: attempt.model,
        instructions: run.instructions,
        messages: turns.conversation,
        tools: turns.tools,
        parameters: run.parameters,
        idempotencyKey: `${run.context.executionId}/turn/${turn}`,
        attempt: attempt.callOfTurn,
        signal: scope.signal,
      },
      (event) => {
        if (event.kind === "tool-call") return;
        const { offset, text, kind } = event;
        run.emitDelta({
          messageId,
          attempt: deltaAttempt,
          offset,
          text,
          reasoning: kind === "reasoning",
        });
      },
    );
  } catch (thrown) {
    throw thrown instanceof ModelError ? recordable(thrown) : thrown;
  }
}

/** The reason of a model error is its code in the journal. */
function recordable(error: ModelError): ExecutionFailure {
  const { reason, message, hint, retryable, retryAfterMs } = error;
  const details = { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new ExecutionFailure({ code: reason, message, hint, details });
}

function accept(
  turns: AgentTurns,
  model: ModelReference,
  messageId: string,
  answer: ModelAnswer,
): ModelAnswer {
  turns.run.status.addAnswer(formatModelReference(model), answer);
  reportMessage(turns.run, answer.message, {
    messageId,
    model: formatModelReference(model),
    answer,
  });
  return answer;
}

type Decision = "credential" | "fallback" | number;

function decide(
  turns: AgentTurns,
  attempt: Attempt,
  failure: ExecutionFailure,
  next: ModelReference | undefined,
): Decision {
  const { run } = turns;
  const lent = run.lentCredentials.has(attempt.model.provider);
  if (failure.code === "credential-missing" && lent) return "credential";
  const delayMs = retryDelay(run.context.executionId, attempt, failure);
  if (delayMs !== undefined && attempt.number <= run.timeouts.maxRetries) return delayMs;
  if (next === undefined || failure.code === "content-filter") throw failure;
  return "fallback";
}

function retryDelay(
  executionId: string,
  attempt: Attempt,
  failure: ExecutionFailure,
): number | undefined {
  const { retryable, retryAfterMs } = failure.details;
  const timedOut = failure.code === contextErrorCodes.timeout;
  return retryDelayMs(
    {
      retryable: retryable === true || timedOut,
      ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
    },
    attempt.number,
    jitterOf(`${executionId}/${attempt.callOfTurn}`),
  );
}

/** In [0, 1): differs between executions, is the same in every replay of one. */
function jitterOf(seed: string): number {
  return Number(Bun.hash.crc32(seed)) / 2 ** 32;
}

async function waitForCredential(
  turns: AgentTurns,
  model: ModelReference,
  failure: ExecutionFailure,
): Promise<void> {
  const { run } = turns;
  run.status.wait({
    reason: `waits for a key of ${model.provider}: the one it was started with is gone`,
    hint: failure.hint ?? `stigmer model login ${model.provider}`,
  });
  const supplied = await run.context.event(
    "credential",
    `credential/${model.provider}`,
    turns.deadlineMs,
  );
  if (supplied === undefined) throw timeIsUp(turns);
  run.status.goOn();
}

function reportRetry(
  turns: AgentTurns,
  attempt: Attempt,
  failure: ExecutionFailure,
  nextAtMs: number,
  next: ModelReference,
): void {
  const error = withoutDetails(toExecutionError(failure));
  turns.run.context.report(
    create(AgentExecutionEventSchema, {
      event: {
        case: "retry",
        value: {
          attempt: attempt.callOfTurn,
          error,
          nextAt: timestampFromMs(nextAtMs),
          model: formatModelReference(next),
        },
      },
    }),
  );
}

function withoutDetails({ code, message, hint }: ExecutionError): {
  code: string;
  message: string;
  hint: string;
} {
  return { code, message, hint: hint ?? "" };
}

function timeIsUp(turns: AgentTurns): ExecutionFailure {
  return limitReached("time", Math.round(turns.run.limits.timeoutMs / 1_000));
}
