import { create } from "@bufbuild/protobuf";
import { AgentExecutionEventSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
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
import { repairRequest } from "./output-contract.ts";
import { reportMessage } from "./report-message.ts";
import { callTools, refuseTools } from "./tool-turn.ts";

/**
 * Runs an agent until it answers, reaches a limit, fails or is cancelled. Throws only what lets go
 * of the execution without ending it.
 */
export async function runAgentLoop(run: AgentRun): Promise<AgentOutcome> {
  try {
    return { kind: "completed", text: await answerOf(await prepare(run)) };
  } catch (thrown) {
    if (isRelease(thrown)) throw thrown;
    const error = toExecutionError(thrown);
    if (error.code === contextErrorCodes.cancelled) {
      return { kind: "cancelled", reason: error.message };
    }
    return { kind: "failed", error };
  }
}

/** Longer than any keychain, Ollama or MCP server may take to answer at the start. */
const prepareTimeoutMs = 300_000;

async function prepare(run: AgentRun): Promise<AgentTurns> {
  const { context, tools } = run;
  const startedAtMs = context.now();
  const question: ConversationMessage = {
    role: "user",
    // Before the question: models answer better about what they have seen already.
    parts: [...run.attachments, { kind: "text", text: run.message }],
  };
  reportMessage(run, question);
  const options = { timeoutMs: prepareTimeoutMs, onUnknown: "retry" } as const;
  const plan = await context.step("plan", ({ signal }) => run.plan(signal), options);
  if (plan.isNewDefault) reportNewDefault(run, plan.models[0] ?? "");
  const offered = await context.step("open-tools", ({ signal }) => tools.list(signal), options);
  return {
    run,
    plan,
    models: plan.models.map(parseModelReference),
    tools: offered,
    deadlineMs: startedAtMs + plan.limits.timeoutMs,
    conversation: [...run.history, question],
  };
}

function reportNewDefault(run: AgentRun, model: string): void {
  const event = { case: "defaultModel", value: { model } } as const;
  run.context.report(create(AgentExecutionEventSchema, { event }));
}

/** Answers that do not satisfy the output schema, after which the model is asked once more. */
const maxRepairs = 2;

async function answerOf(turns: AgentTurns): Promise<string> {
  const { output } = turns.run;
  if (output === undefined) return requireText(await converse(turns));
  for (let repairs = 0; ; repairs++) {
    // oxlint-disable-next-line no-await-in-loop -- answer after answer
    const verdict = output.check(await converse(turns));
    if (verdict.kind === "satisfied") return verdict.json;
    if (repairs === maxRepairs) throw neverSatisfied(verdict.problems);
    askForRepair(turns, verdict.problems);
  }
}

function askForRepair({ run, conversation }: AgentTurns, problems: readonly string[]): void {
  const request: ConversationMessage = {
    role: "user",
    parts: [{ kind: "text", text: repairRequest(problems) }],
  };
  reportMessage(run, request, { automatic: true });
  conversation.push(request);
}

function neverSatisfied(problems: readonly string[]): ExecutionFailure {
  const attempts = maxRepairs + 1;
  return new ExecutionFailure({
    code: "bad-output",
    message: `none of ${attempts} answers satisfies the output schema; the last one: ${problems.join("; ")}`,
    hint: "Its messages show the answers. A larger model or a simpler schema may help.",
  });
}

async function converse(turns: AgentTurns): Promise<string> {
  const { run, conversation } = turns;
  const { maxTurns } = turns.plan.limits;
  for (;;) {
    if (run.status.turns >= maxTurns) throw limitReached("turns", maxTurns);
    const answer = await askModel(turns);
    conversation.push(answer.message);
    const calls = answer.message.parts.filter(
      (part): part is ToolCallPart => part.kind === "tool-call",
    );
    if (calls.length === 0) return textOf(answer.message);
    conversation.push(await answerCalls(turns, calls));
  }
}

async function answerCalls(
  turns: AgentTurns,
  calls: readonly ToolCallPart[],
): Promise<ConversationMessage> {
  const { status } = turns.run;
  const { limits } = turns.plan;
  if (status.toolCalls + calls.length <= limits.maxToolCalls) return await callTools(turns, calls);
  // The history must stay valid for the next execution of the session: every call has a result.
  refuseTools(turns, calls, `the limit of ${limits.maxToolCalls} tool calls was reached`);
  throw limitReached("tool-calls", limits.maxToolCalls);
}

function textOf(message: ConversationMessage): string {
  return message.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
}

function requireText(text: string): string {
  if (text.trim() === "") {
    throw new ExecutionFailure({
      code: "bad-output",
      message: "the model ended its turn without an answer",
      hint: "Run it again, or say in the instructions what an answer looks like.",
    });
  }
  return text;
}
