import { clone } from "@bufbuild/protobuf";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionEventSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentExecutionEvent } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import {
  type Claim,
  RunnerController,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { create } from "@bufbuild/protobuf";
import type { DaemonLink } from "../daemon-link.ts";
import { LocalContext, type PendingSignal } from "../durable/local-context.ts";
import { Drained, LeaseLost, OrderViolation, Suspended } from "../durable/release.ts";
import { ExecutionJournal, holderOf } from "../execution-journal.ts";
import { runAgentLoop } from "./agent-loop.ts";
import type { AgentOutcome } from "./agent-run.ts";
import { assembleRun } from "./assemble-run.ts";
import { DeltaStream } from "./delta-stream.ts";
import { fromAgentMessage } from "./message-mapping.ts";
import type { ConversationMessage } from "./models/conversation.ts";
import type { RunnerHost } from "./runner-host.ts";
import { RunStatus } from "./run-status.ts";

/** Tells a running execution that somebody wants it to end. */
export interface RunningExecution {
  readonly executionId: string;
  cancel(reason: string): void;
  /** Lets running effects end and be recorded, starts no other; resolves when nothing is left. */
  drain(): Promise<void>;
  /** Settles when the lease is given back or lost; never rejects for what the agent did. */
  readonly finished: Promise<void>;
}

/** Runs, or resumes, the execution that was claimed, until it ends, waits or is taken away. */
export function startAgentExecution(
  claim: Claim,
  link: DaemonLink,
  host: RunnerHost,
): RunningExecution {
  let context: LocalContext<AgentExecutionEvent> | undefined;
  let cancelReason = claim.cancelRequested ? claim.cancelReason : undefined;
  const ready = (started: LocalContext<AgentExecutionEvent>): void => {
    context = started;
    if (cancelReason !== undefined) context.cancel(cancelReason);
  };
  const finished = work(claim, link, host, ready);
  return {
    executionId: claim.executionId,
    cancel(reason) {
      cancelReason ??= reason;
      context?.cancel(reason);
    },
    async drain() {
      context?.drain();
      await finished;
    },
    finished,
  };
}

async function work(
  claim: Claim,
  link: DaemonLink,
  host: RunnerHost,
  ready: (context: LocalContext<AgentExecutionEvent>) => void,
): Promise<void> {
  const execution = claim.execution
    ? clone(AgentExecutionSchema, claim.execution)
    : create(AgentExecutionSchema);
  const status = new RunStatus(execution.status);
  execution.status = status.status;
  const journal = new ExecutionJournal(link, claim, () => execution);
  const [recorded, history] = await Promise.all([journal.read(), readHistory(claim, link)]);
  const context = new LocalContext<AgentExecutionEvent>({
    executionId: claim.executionId,
    recorded,
    signals: claim.signals.map(toSignal),
    sink: journal,
    updateName: (update) => update.event.case ?? "update",
    clock: Date.now,
  });
  ready(context);
  status.start(Date.now());
  context.reportOnce(`status@${claim.fencingToken}`, statusEvent(execution));
  using deltas = new DeltaStream((delta) =>
    link.send({
      case: "delta",
      value: { executionId: claim.executionId, fencingToken: claim.fencingToken, delta },
    }),
  );
  await using assembled = await assembleRun({
    claim,
    link,
    host,
    context,
    status,
    history,
    deltas,
  });
  await settle(claim, context, status, execution, () => runAgentLoop(assembled.run));
}

async function settle(
  claim: Claim,
  context: LocalContext<AgentExecutionEvent>,
  status: RunStatus,
  execution: AgentExecution,
  run: () => Promise<AgentOutcome>,
): Promise<void> {
  try {
    status.end(await outcomeOf(run), Date.now());
    context.reportOnce(`status@${claim.fencingToken}/end`, statusEvent(execution));
    await context.end();
  } catch (thrown) {
    if (thrown instanceof LeaseLost) return;
    if (thrown instanceof Drained) return await context.flush();
    if (!(thrown instanceof Suspended)) throw thrown;
    status.suspend(thrown.suspension.wakeAtMs);
    context.reportOnce(`status@${claim.fencingToken}/wait`, statusEvent(execution));
    await context.suspend(thrown.suspension);
  }
}

async function outcomeOf(run: () => Promise<AgentOutcome>): Promise<AgentOutcome> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof OrderViolation)) throw thrown;
    const hint =
      "This is a defect of stigmer. Please report it with `stigmer execution get ID -o json`.";
    return { kind: "failed", error: { code: "internal", message: thrown.message, hint } };
  }
}

async function readHistory(claim: Claim, link: DaemonLink): Promise<ConversationMessage[]> {
  const messages: ConversationMessage[] = [];
  const stream = link.channel.serverStream(
    RunnerController.method.readConversation,
    holderOf(claim),
  );
  for await (const message of stream) messages.push(fromAgentMessage(message));
  return messages;
}

function statusEvent(execution: AgentExecution): AgentExecutionEvent {
  const value = execution.status ? clone(AgentExecutionSchema, execution).status : undefined;
  return create(AgentExecutionEventSchema, value ? { event: { case: "status", value } } : {});
}

function toSignal(signal: Claim["signals"][number]): PendingSignal {
  const text = new TextDecoder().decode(signal.payload);
  return { id: signal.id, topic: signal.topic, payload: text === "" ? null : JSON.parse(text) };
}
