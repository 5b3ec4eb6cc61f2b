import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { AgentMessage } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import {
  type AppendResult,
  type AppendSchema,
  type Claim,
  type JournalEntry,
  JournalEntryType,
  RunnerController,
  RunnerExecutionSchema,
  type RunnerExecution,
} from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { WorkflowTask } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import { StigmerError } from "../contract/errors.ts";
import type { DaemonLink } from "./daemon-link.ts";
import type { JournalRow, StoredRow } from "./durable/journal-row.ts";
import type { JournalBatch, JournalSink } from "./durable/journal-writer.ts";
import { LeaseLost } from "./durable/release.ts";
import { JournalCodec } from "./journal-codec.ts";
import { retryWhileFull } from "./retry-while-full.ts";
import { readArtifact, writeArtifact } from "./runner-artifacts.ts";

type AppendInit = MessageInitShape<typeof AppendSchema>;

/** An update as it is stored: the payload of its journal row, and a row of its own if it has one. */
export interface RecordedUpdate {
  readonly payload: Uint8Array;
  readonly message?: AgentMessage;
  readonly task?: WorkflowTask;
}

/** What one kind of executions keeps besides its journal. */
export interface ExecutionRecord<Update> {
  /** In the order of the journal, each once. */
  record(update: Update, sequence: bigint): RecordedUpdate | Promise<RecordedUpdate>;
  /** An update of an earlier lease that a resume may build on. */
  recall(payload: Uint8Array): void;
  /** As everything recorded so far makes it. */
  status(lastSequence: bigint): NonNullable<AppendInit["status"]>;
}

/** The journal of an execution that this runner holds. */
export class ExecutionJournal<Update> implements JournalSink<Update> {
  readonly #link: DaemonLink;
  readonly #holder: RunnerExecution;
  readonly #codec: JournalCodec;
  readonly #record: ExecutionRecord<Update>;
  #nextSequence: bigint;

  constructor(link: DaemonLink, claim: Claim, record: ExecutionRecord<Update>) {
    this.#link = link;
    this.#holder = holderOf(claim);
    this.#nextSequence = claim.lastSequence + 1n;
    this.#record = record;
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
    for await (const entry of stream) {
      entries.push(entry);
      const { type, payload } = entry;
      if (type === JournalEntryType.EVENT && payload.length > 0) this.#record.recall(payload);
    }
    return await Promise.all(entries.map((entry) => this.#codec.decode(entry)));
  }

  async append(batch: JournalBatch<Update>): Promise<void> {
    const first = this.#nextSequence;
    const written = await Promise.all(
      batch.rows.map((row, index) => this.#encode(batch, row, first + BigInt(index))),
    );
    const status = this.#record.status(first + BigInt(written.length - 1));
    await retryWhileFull(async () => {
      const { error, fenced } = await this.#send(batch, written, status);
      if (fenced) throw new LeaseLost(error);
      if (error !== "") throw new StigmerError("resource-exhausted", error);
    });
    this.#nextSequence += BigInt(written.length);
  }

  async #encode(
    { updates }: JournalBatch<Update>,
    row: JournalRow,
    sequence: bigint,
  ): Promise<WrittenRow> {
    const update = updates.get(row.key);
    const recorded = update === undefined ? undefined : this.#record.record(update, sequence);
    const entry = await this.#codec.encode(row);
    entry.sequence = sequence;
    const { payload, ...rows } = (await recorded) ?? {};
    if (payload) entry.payload = payload;
    return { entry, ...rows };
  }

  #send(
    batch: JournalBatch<Update>,
    written: readonly WrittenRow[],
    status: NonNullable<AppendInit["status"]>,
  ): Promise<AppendResult> {
    return this.#link.append({
      executionId: this.#holder.executionId,
      fencingToken: this.#holder.fencingToken,
      firstSequence: this.#nextSequence,
      entries: written.map(({ entry }) => entry),
      messages: written.flatMap(({ message }) => message ?? []),
      tasks: written.flatMap(({ task }) => task ?? []),
      status,
      consumedSignals: [...batch.consumedSignals],
      release: releaseOf(batch.release),
    });
  }
}

type WrittenRow = Omit<RecordedUpdate, "payload"> & { readonly entry: JournalEntry };

export function holderOf(claim: Claim): RunnerExecution {
  const { executionId, fencingToken } = claim;
  return create(RunnerExecutionSchema, { executionId, fencingToken });
}

function releaseOf(release: JournalBatch<unknown>["release"]): NonNullable<AppendInit["release"]> {
  if (release === undefined) return { case: undefined };
  if (release.kind === "end") return { case: "end", value: true };
  const { wakeAtMs = 0, topic = "", events } = release;
  const eventsAfter = BigInt(events?.after ?? 0);
  const eventTypes = [...(events?.types ?? [])];
  return { case: "suspend", value: { wakeAtMs: BigInt(wakeAtMs), topic, eventTypes, eventsAfter } };
}
