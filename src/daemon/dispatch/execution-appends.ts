import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type StigmerError, toStigmerError } from "../../contract/errors.ts";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import {
  type Append,
  JournalEntryType,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import {
  type WorkflowTask,
  WorkflowTaskSchema,
} from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import { replaceField } from "../../resources/replace-field.ts";
import { conflictOf } from "../../store/conflict.ts";
import type { NextState } from "../../store/operations/append.ts";
import type { Store, StoreReader } from "../../store/store.ts";

export interface AppendAnswer {
  readonly executionId: string;
  readonly lastSequence: bigint;
  readonly error: string;
  /** The runner holds the execution no longer. */
  readonly fenced: boolean;
}

/** Writes what a runner sends, as one transaction. A failure is an answer: the runner decides. */
export async function storeAppend(store: Store, append: Append): Promise<AppendAnswer> {
  const { executionId } = append;
  try {
    const { lastSeq } = await store.write("append", {
      executionId,
      fencingToken: Number(append.fencingToken),
      expectedSeq: Number(append.firstSequence) - 1,
      at: Date.now(),
      entries: append.entries.map(({ type, key, payload, atMs, coversFrom }) => ({
        type,
        key,
        payload,
        at: Number(atMs),
        ...(coversFrom === 0n ? {} : { coversFrom: Number(coversFrom) }),
      })),
      messages: rowsOf(store.read, append),
      consumedSignalIds: append.consumedSignals.map(Number),
      ...resourceOf(store.read, append),
      ...nextOf(append.release),
    });
    return { executionId, lastSequence: BigInt(lastSeq), error: "", fenced: false };
  } catch (thrown) {
    const error = toStigmerError(thrown);
    return { executionId, lastSequence: 0n, error: error.message, fenced: isFinal(error) };
  }
}

/** Whether something ended that another runner will not have to do again. */
export function recordsProgress({ entries }: Append): boolean {
  const ends = [JournalEntryType.DONE, JournalEntryType.FAILED, JournalEntryType.CANCELLED];
  return entries.some(({ type }) => ends.includes(type));
}

function rowsOf(read: StoreReader, { executionId, firstSequence, messages, tasks }: Append) {
  return [
    ...messages.map((message) => ({
      sequence: Number(message.sequence),
      body: toBinary(AgentMessageSchema, message),
    })),
    ...tasks.map((task) => {
      if (task.sequence < firstSequence) keepInput(read, executionId, task);
      return { sequence: Number(task.sequence), body: toBinary(WorkflowTaskSchema, task) };
    }),
  ];
}

/** The runner that started it may be another one, and knew what it was given. */
function keepInput(read: StoreReader, executionId: string, task: WorkflowTask): void {
  if (task.input || task.inputArtifact !== "") return;
  const sequence = Number(task.sequence);
  const [item] = read.messages(executionId, sequence - 1, 1);
  if (item?.kind !== "intact" || item.row.sequence !== sequence) return;
  const { input, inputArtifact } = fromBinary(WorkflowTaskSchema, item.row.body);
  task.inputArtifact = inputArtifact;
  if (input) task.input = input;
}

function resourceOf(read: StoreReader, { executionId, status }: Append): ChangedResource {
  if (status.case === undefined) return {};
  const kind = kindOfStatus[status.case];
  const stored = read.get(kind.number, executionId);
  // The append itself is refused, and says why.
  if (!stored) return {};
  const { value } = status;
  const resourceBody = replaceField(kind.message, stored.body, { name: "status", value });
  return { resourceBody, phase: value.phase };
}

interface ChangedResource {
  readonly resourceBody?: Uint8Array;
  readonly phase?: number;
}

const kindOfStatus = {
  agentStatus: kindOf(ApiResourceKind.AGENT_EXECUTION),
  workflowStatus: kindOf(ApiResourceKind.WORKFLOW_EXECUTION),
} as const;

function nextOf(release: Append["release"]): { next?: NextState } {
  if (release.case === "end") return { next: { kind: "end" } };
  if (release.case !== "suspend") return {};
  const { wakeAtMs, topic, eventTypes, eventsAfter } = release.value;
  return {
    next: {
      kind: "wait",
      ...(wakeAtMs === 0n ? {} : { wakeAt: Number(wakeAtMs) }),
      ...(topic === "" ? {} : { topic }),
      ...(eventTypes.length === 0
        ? {}
        : { events: { types: eventTypes, after: Number(eventsAfter) } }),
    },
  };
}

/** A full disk may be mended; everything else means that the runner must let go. */
function isFinal(error: StigmerError): boolean {
  if (conflictOf(error)) return true;
  return error.code !== "resource-exhausted" && error.code !== "unavailable";
}
