import { clone, create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type AgentExecutionStatus,
  AgentExecutionStatusSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import {
  ExecutionPhase,
  type Usage,
  UsageSchema,
} from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { AgentOutcome } from "./agent-outcome.ts";
import type { ModelAnswer } from "./models/model-request.ts";

/** Bytes of an answer or an error that the status repeats; the whole stands in the last message. */
const maxTextBytes = 16_384;

/** The bounded status of an execution: rebuilt by every replay, sent with every append. */
export class RunStatus {
  /** What is stored; fields the runner does not own keep what the daemon wrote. */
  readonly status: AgentExecutionStatus;

  constructor(stored: AgentExecutionStatus | undefined) {
    this.status = stored
      ? clone(AgentExecutionStatusSchema, stored)
      : create(AgentExecutionStatusSchema);
    this.status.usage = create(UsageSchema, { costUsd: 0 });
    this.status.turns = 0;
    this.status.toolCalls = 0;
    this.status.messages = 0;
  }

  get turns(): number {
    return this.status.turns;
  }

  get toolCalls(): number {
    return this.status.toolCalls;
  }

  start(atMs: number): void {
    this.status.phase = ExecutionPhase.EXECUTION_RUNNING;
    this.status.startedAt ??= timestampFromMs(atMs);
    this.status.attempts += 1;
    delete this.status.waiting;
  }

  countMessage(): number {
    this.status.messages += 1;
    return this.status.messages;
  }

  countToolCalls(count: number): void {
    this.status.toolCalls += count;
  }

  addAnswer(model: string, answer: ModelAnswer): void {
    this.status.model = model;
    this.status.turns += 1;
    const total = this.status.usage ?? create(UsageSchema);
    const usage = usageOf(answer);
    total.inputTokens += usage.inputTokens;
    total.outputTokens += usage.outputTokens;
    total.cacheReadTokens += usage.cacheReadTokens;
    total.cacheWriteTokens += usage.cacheWriteTokens;
    total.reasoningTokens += usage.reasoningTokens;
    total.modelCalls += 1;
    // One call without a known price makes the sum unknown: a part of it would look like the whole.
    if (usage.costUsd === undefined) delete total.costUsd;
    else if (total.costUsd !== undefined) total.costUsd += usage.costUsd;
    this.status.usage = total;
  }

  wait(waiting: {
    readonly reason: string;
    readonly hint: string;
    readonly untilMs?: number;
  }): void {
    const { reason, hint, untilMs } = waiting;
    this.status.waiting = {
      $typeName: "ai.stigmer.commons.execution.v1.WaitReason",
      reason,
      hint,
      ...(untilMs === undefined ? {} : { until: timestampFromMs(untilMs) }),
    };
  }

  goOn(): void {
    delete this.status.waiting;
  }

  suspend(untilMs: number | undefined): void {
    this.status.phase = ExecutionPhase.EXECUTION_WAITING;
    const { reason, hint } = this.status.waiting ?? {
      reason: "waits before it tries again",
      hint: "",
    };
    this.wait({ reason, hint, ...(untilMs === undefined ? {} : { untilMs }) });
  }

  end(outcome: AgentOutcome, atMs: number): void {
    this.status.endedAt = timestampFromMs(atMs);
    delete this.status.waiting;
    switch (outcome.kind) {
      case "completed":
        this.status.phase = ExecutionPhase.EXECUTION_COMPLETED;
        this.status.output = cutToBytes(outcome.text);
        this.status.outputTruncated = this.status.output.length < outcome.text.length;
        return;
      case "failed":
        this.status.phase = ExecutionPhase.EXECUTION_FAILED;
        this.#fail(outcome.error);
        return;
      case "cancelled":
        this.status.phase = ExecutionPhase.EXECUTION_CANCELLED;
        this.#fail({ code: "cancelled", message: outcome.reason });
    }
  }

  #fail(error: { readonly code: string; readonly message: string; readonly hint?: string }): void {
    this.status.error = {
      $typeName: "ai.stigmer.commons.execution.v1.ExecutionError",
      code: error.code,
      message: cutToBytes(error.message),
      hint: error.hint ?? "",
    };
  }
}

/** As many whole characters as fit. */
function cutToBytes(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxTextBytes));
  return text.slice(0, read);
}

/** Tokens and money of one answer. */
export function usageOf(answer: ModelAnswer): Usage {
  const { usage, costUsd } = answer;
  return create(UsageSchema, {
    inputTokens: BigInt(usage.inputTokens),
    outputTokens: BigInt(usage.outputTokens),
    cacheReadTokens: BigInt(usage.cacheReadTokens),
    cacheWriteTokens: BigInt(usage.cacheWriteTokens),
    reasoningTokens: BigInt(usage.reasoningTokens),
    modelCalls: 1,
    ...(costUsd === undefined ? {} : { costUsd }),
  });
}
