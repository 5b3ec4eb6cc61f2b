import { toBinary } from "@bufbuild/protobuf";
import { type StigmerError, toStigmerError } from "../../contract/errors.ts";
import { AgentExecutionSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import {
  type Append,
  JournalEntryType,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { conflictOf } from "../../store/conflict.ts";
import type { NextState } from "../../store/operations/append.ts";
import type { Store } from "../../store/store.ts";

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
      messages: append.messages.map((message) => ({
        sequence: Number(message.sequence),
        body: toBinary(AgentMessageSchema, message),
      })),
      consumedSignalIds: append.consumedSignals.map(Number),
      ...resourceOf(append),
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

function resourceOf(append: Append): { resourceBody?: Uint8Array; phase?: number } {
  const { execution } = append;
  if (!execution) return {};
  return {
    resourceBody: toBinary(AgentExecutionSchema, execution),
    phase: execution.status?.phase ?? 0,
  };
}

function nextOf(release: Append["release"]): { next?: NextState } {
  if (release.case === "end") return { next: { kind: "end" } };
  if (release.case !== "suspend") return {};
  const { wakeAtMs, topic } = release.value;
  return {
    next: {
      kind: "wait",
      ...(wakeAtMs === 0n ? {} : { wakeAt: Number(wakeAtMs) }),
      ...(topic === "" ? {} : { topic }),
    },
  };
}

/** A full disk may be mended; everything else means that the runner must let go. */
function isFinal(error: StigmerError): boolean {
  if (conflictOf(error)) return true;
  return error.code !== "resource-exhausted" && error.code !== "unavailable";
}
