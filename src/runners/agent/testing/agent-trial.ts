import type { AgentExecutionEvent } from "../../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentMessage } from "../../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { LocalContext } from "../../durable/local-context.ts";
import type { PendingSignal } from "../../durable/local-run.ts";
import { Suspended, type Suspension } from "../../durable/release.ts";
import { MemoryJournal } from "../../durable/memory-journal.ts";
import { runAgentLoop } from "../agent-loop.ts";
import type { AgentOutcome } from "../agent-outcome.ts";
import type {
  AgentRun,
  DeltaPiece,
  ModelCall,
  ModelCaller,
  OfferedTool,
  RunLimits,
  RunPlan,
  ToolAnswer,
  ToolInvocation,
} from "../agent-run.ts";
import { fromAgentMessage } from "../message-mapping.ts";
import type { ConversationMessage, ToolCallPart } from "../models/conversation.ts";
import type { ModelAnswer, ModelEvent } from "../models/model-request.ts";
import type { OutputContract } from "../output-contract.ts";
import { RunStatus } from "../run-status.ts";

export type Reply = (
  call: ModelCall,
  onEvent: (event: ModelEvent) => void,
) => ModelAnswer | Promise<ModelAnswer>;

export interface TrialTool {
  readonly repeatable?: boolean;
  readonly run: (invocation: ToolInvocation) => Promise<ToolAnswer>;
}

export interface TrialOptions {
  /** What the models say, one for each call. */
  readonly replies: readonly Reply[];
  readonly tools?: Readonly<Record<string, TrialTool>>;
  readonly plan?: Partial<Omit<RunPlan, "limits">>;
  readonly limits?: Partial<RunLimits>;
  readonly lentCredentials?: readonly string[];
  readonly history?: readonly ConversationMessage[];
  readonly output?: OutputContract;
  /** Whether what the execution waits for comes (default), or its deadline. */
  readonly signalsCome?: boolean;
}

const limits: RunLimits = {
  maxTurns: 10,
  maxToolCalls: 10,
  maxParallelTools: 4,
  timeoutMs: 600_000,
};

/** One execution of an agent over a journal in memory; a wait is over as soon as it starts. */
export class AgentTrial {
  readonly calls: ModelCall[] = [];
  readonly invocations: ToolInvocation[] = [];
  readonly deltas: DeltaPiece[] = [];
  readonly suspensions: Suspension[] = [];
  /** Of the latest runner. */
  status = new RunStatus(undefined);
  context: LocalContext<AgentExecutionEvent> | undefined;
  readonly #options: TrialOptions;
  readonly #journals: MemoryJournal<AgentExecutionEvent>[] = [];
  #aheadMs = 0;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** Runs to the end, through every wait. */
  async run(): Promise<AgentOutcome> {
    let signals: PendingSignal[] = [];
    for (;;) {
      try {
        return await this.runOnce(signals);
      } catch (thrown) {
        if (!(thrown instanceof Suspended)) throw thrown;
        const { topic, wakeAtMs = 0 } = thrown.suspension;
        this.suspensions.push(thrown.suspension);
        await this.context?.suspend(thrown.suspension);
        const comes = topic !== undefined && this.#options.signalsCome !== false;
        signals = comes ? [{ id: "1", topic, payload: {} }] : [];
        if (!comes) this.#aheadMs = wakeAtMs - Date.now();
      }
    }
  }

  /** One runner; the next goes on where it ended. */
  async runOnce(signals: readonly PendingSignal[] = []): Promise<AgentOutcome> {
    const journal = this.#journals.at(-1)?.reopened() ?? new MemoryJournal();
    this.#journals.push(journal);
    this.status = new RunStatus(undefined);
    this.context = new LocalContext<AgentExecutionEvent>({
      executionId: "aex-1",
      recorded: journal.rows,
      lastSequence: journal.rows.length,
      signals,
      sink: journal,
      updateName: (update) => update.event.case ?? "update",
      clock: () => Date.now() + this.#aheadMs,
    });
    const outcome = await runAgentLoop(this.#run(this.context));
    await this.context.end();
    return outcome;
  }

  get events(): AgentExecutionEvent["event"][] {
    return this.#journals.flatMap((journal) =>
      journal.batches.flatMap(({ updates }) => [...updates.values()].map(({ event }) => event)),
    );
  }

  get messages(): AgentMessage[] {
    return this.events.flatMap((event) => (event.case === "message" ? [event.value] : []));
  }

  /** Text of the tool results that the model was told, in order. */
  get toldToModel(): string[] {
    return this.messages
      .map(fromAgentMessage)
      .flatMap(({ parts }) =>
        parts.flatMap((part) =>
          part.kind === "tool-result"
            ? part.content.map((content) => (content.kind === "text" ? content.text : content.kind))
            : [],
        ),
      );
  }

  /** Ids of calls without a result in the message after them, and of results without a call. */
  get unanswered(): string[] {
    const messages = this.messages.map(fromAgentMessage);
    return messages.flatMap((message, index) => {
      const asked = idsOf(message, "tool-call");
      const answered = idsOf(messages[index + 1], "tool-result");
      return asked.filter((id, place) => answered[place] !== id);
    });
  }

  #run(context: LocalContext<AgentExecutionEvent>): AgentRun {
    const { plan, lentCredentials = [], history = [], tools = {} } = this.#options;
    const { output } = this.#options;
    return {
      context,
      instructions: "Do as you are told.",
      history,
      message: "Go",
      attachments: [],
      ...(output === undefined ? {} : { output }),
      plan: () =>
        Promise.resolve({
          models: ["script/one"],
          isNewDefault: false,
          maxRetries: 2,
          ...plan,
          limits: { ...limits, ...this.#options.limits },
        }),
      parameters: {},
      tools: {
        list: () => Promise.resolve(Object.entries(tools).map(offered)),
        call: (invocation) => {
          this.invocations.push(invocation);
          return tools[invocation.name]?.run(invocation) ?? Promise.reject(new Error("no tool"));
        },
      },
      status: this.status,
      callModel: this.#callModel,
      lentCredentials: new Set(lentCredentials),
      emitDelta: (piece) => this.deltas.push(piece),
    };
  }

  readonly #callModel: ModelCaller = async (call, onEvent) => {
    const reply = this.#options.replies[this.calls.length];
    // The conversation grows: what this call was told is kept.
    this.calls.push({ ...call, messages: [...call.messages] });
    if (!reply) throw new Error("the model was called more often than it has replies");
    return await reply(call, onEvent);
  };
}

function idsOf(message: ConversationMessage | undefined, kind: string): string[] {
  return (message?.parts ?? []).flatMap((part) =>
    part.kind === kind && "callId" in part ? [part.callId] : [],
  );
}

function offered([name, { repeatable = false }]: [string, TrialTool]): OfferedTool {
  return { name, description: name, inputSchema: { type: "object" }, repeatable };
}

/** An answer with a text. */
export function says(text: string, extra: Partial<ModelAnswer> = {}): Reply {
  return () => answerOf([{ kind: "text", text }], extra);
}

/** An answer that asks for tools; a call is a name, or a part of its own. */
export function asks(...calls: readonly (string | ToolCallPart)[]): Reply {
  return () =>
    answerOf(
      calls.map((call, index) =>
        typeof call === "string"
          ? { kind: "tool-call", callId: `call-${index}`, name: call, arguments: { index } }
          : call,
      ),
      { finishReason: "tool-calls" },
    );
}

export function answerOf(
  parts: ConversationMessage["parts"],
  extra: Partial<ModelAnswer> = {},
): ModelAnswer {
  return {
    message: { role: "assistant", parts },
    finishReason: "stop",
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 4,
      cacheWriteTokens: 3,
      reasoningTokens: 2,
    },
    costUsd: 0.5,
    warnings: [],
    ...extra,
  };
}

/** A tool that answers with a text. */
export function answers(text: string, repeatable = false): TrialTool {
  const content = [{ kind: "text", text }] as const;
  return {
    repeatable,
    run: () => Promise.resolve({ isError: false, content, startedAtMs: 1, endedAtMs: 2 }),
  };
}
