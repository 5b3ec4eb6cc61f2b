import { create } from "@bufbuild/protobuf";
import type { AgentExecution } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type { AgentExecutionEvent } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentMessage } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import {
  type AppendResult,
  type Claim,
  type JournalEntry,
  RunnerController,
  RunnerExecutionSchema,
  type RunnerExecution,
} from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { StigmerError } from "../contract/errors.ts";
import type { DaemonLink } from "./daemon-link.ts";
import type { StoredRow } from "./durable/journal-row.ts";
import type { JournalBatch, JournalSink } from "./durable/journal-writer.ts";
import { LeaseLost } from "./durable/release.ts";
import { JournalCodec } from "./journal-codec.ts";
import { retryWhileFull } from "./retry-while-full.ts";
import { readArtifact, writeArtifact } from "./runner-artifacts.ts";

/** The journal of the execution that this runner holds. */
export class ExecutionJournal implements JournalSink<AgentExecutionEvent> {
  readonly #link: DaemonLink;
  readonly #holder: RunnerExecution;
  readonly #codec: JournalCodec;
  readonly #currentExecution: () => AgentExecution;
  #nextSequence: bigint;

  constructor(link: DaemonLink, claim: Claim, currentExecution: () => AgentExecution) {
    this.#link = link;
    this.#holder = holderOf(claim);
    this.#nextSequence = claim.lastSequence + 1n;
    this.#currentExecution = currentExecution;
    this.#codec = new JournalCodec({
      put: (bytes) => writeArtifact(link.channel, this.#holder, bytes),
      get: (sha256) => readArtifact(link.channel, this.#holder, sha256),
    });
  }

  async read(): Promise<StoredRow[]> {
    if (this.#nextSequence === 1n) return [];
    const entries: JournalEntry[] = [];
    const stream = this.#link.channel.serverStream(
      RunnerController.method.readJournal,
      this.#holder,
    );
    for await (const entry of stream) entries.push(entry);
    return await Promise.all(entries.map((entry) => this.#codec.decode(entry)));
  }

  async append(batch: JournalBatch<AgentExecutionEvent>): Promise<void> {
    const messages: AgentMessage[] = [];
    const entries = await Promise.all(
      batch.rows.map((row) => {
        const event = batch.updates.get(row.key);
        if (event?.event.case !== "message") return this.#codec.encode(row, event);
        messages.push(event.event.value);
        return this.#codec.encode(row, undefined);
      }),
    );
    entries.forEach((entry, index) => {
      entry.sequence = this.#nextSequence + BigInt(index);
    });
    await retryWhileFull(async () => {
      const { error, fenced } = await this.#send(batch, entries, messages);
      if (fenced) throw new LeaseLost(error);
      if (error !== "") throw new StigmerError("resource-exhausted", error);
    });
    this.#nextSequence += BigInt(entries.length);
  }

  #send(
    batch: JournalBatch<AgentExecutionEvent>,
    entries: JournalEntry[],
    messages: AgentMessage[],
  ): Promise<AppendResult> {
    const execution = this.#currentExecution();
    if (execution.status)
      execution.status.lastSequence = this.#nextSequence + BigInt(entries.length - 1);
    return this.#link.append({
      executionId: this.#holder.executionId,
      fencingToken: this.#holder.fencingToken,
      firstSequence: this.#nextSequence,
      entries,
      messages,
      execution,
      consumedSignals: [...batch.consumedSignals],
      release: releaseOf(batch.release),
    });
  }
}

export function holderOf(claim: Claim): RunnerExecution {
  const { executionId, fencingToken } = claim;
  return create(RunnerExecutionSchema, { executionId, fencingToken });
}

function releaseOf(
  release: JournalBatch<AgentExecutionEvent>["release"],
):
  | { case: "end"; value: boolean }
  | { case: "suspend"; value: { wakeAtMs: bigint; topic: string } }
  | { case: undefined } {
  if (release === undefined) return { case: undefined };
  if (release.kind === "end") return { case: "end", value: true };
  const { wakeAtMs, topic } = release;
  return { case: "suspend", value: { wakeAtMs: BigInt(wakeAtMs ?? 0), topic: topic ?? "" } };
}
