import { parseModelReference } from "../../contract/model-reference.ts";
import {
  contextErrorCodes,
  ExecutionFailure,
  toExecutionError,
} from "../durable/durable-context.ts";
import { isRelease } from "../durable/release.ts";
import type { AgentOutcome } from "./agent-outcome.ts";
import type { AgentRun } from "./agent-run.ts";
import type { AgentTurns } from "./agent-turns.ts";
import { limitReached } from "./limit-reached.ts";
import { askModel } from "./model-turn.ts";
import type { ConversationMessage, ToolCallPart } from "./models/conversation.ts";
import { reportMessage } from "./report-message.ts";
import { callTools, refuseTools } from "./tool-turn.ts";

/**
 * Runs an agent until it answers, reaches a limit, fails or is cancelled. Throws only what lets go
 * of the execution without ending it.
 */
export async function runAgentLoop(run: AgentRun): Promise<AgentOutcome> {
  try {
    return { kind: "completed", text: await converse(await prepare(run)) };
  } catch (thrown) {
    if (isRelease(thrown)) throw thrown;
    const error = toExecutionError(thrown);
    if (error.code === contextErrorCodes.cancelled) {
      return { kind: "cancelled", reason: error.message };
    }
    return { kind: "failed", error };
  }
}

async function prepare(run: AgentRun): Promise<AgentTurns> {
  const { context, limits, tools, models } = run;
  const deadlineMs = context.now() + limits.timeoutMs;
  const question: ConversationMessage = {
    role: "user",
    parts: [{ kind: "text", text: run.message }],
  };
  reportMessage(run, question);
  const named = models.named();
  const options = { timeoutMs: limits.timeoutMs, onUnknown: "retry" } as const;
  const chosen =
    named.length > 0
      ? named
      : [
          parseModelReference(
            await context.step(
              "choose-model",
              ({ signal }) => models.chooseDefault(signal),
              options,
            ),
          ),
        ];
  const offered = await context.step("open-tools", ({ signal }) => tools.list(signal), options);
  return {
    run,
    models: chosen,
    tools: offered,
    deadlineMs,
    conversation: [...run.history, question],
  };
}

async function converse(turns: AgentTurns): Promise<string> {
  const { run, conversation } = turns;
  for (;;) {
    if (run.status.turns >= run.limits.maxTurns) throw limitReached("turns", run.limits.maxTurns);
    const answer = await askModel(turns);
    conversation.push(answer.message);
    const calls = answer.message.parts.filter(
      (part): part is ToolCallPart => part.kind === "tool-call",
    );
    if (calls.length === 0) return finalText(answer.message);
    conversation.push(await answerCalls(turns, calls));
  }
}

async function answerCalls(
  turns: AgentTurns,
  calls: readonly ToolCallPart[],
): Promise<ConversationMessage> {
  const { status, limits } = turns.run;
  if (status.toolCalls + calls.length <= limits.maxToolCalls) return await callTools(turns, calls);
  // The history must stay valid for the next execution of the session: every call has a result.
  refuseTools(
    turns,
    calls,
    `not called: the limit of ${limits.maxToolCalls} tool calls was reached`,
  );
  throw limitReached("tool-calls", limits.maxToolCalls);
}

function finalText(message: ConversationMessage): string {
  const text = message.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
  if (text.trim() === "") {
    throw new ExecutionFailure({
      code: "bad-output",
      message: "the model ended its turn without an answer",
      hint: "Run it again, or say in the instructions what an answer looks like.",
    });
  }
  return text;
}
