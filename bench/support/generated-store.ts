import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentMessageSchema } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { JournalEntryType } from "../../src/contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { type Kind, kindOf } from "../../src/contract/kinds.ts";
import { apiVersion } from "../../src/contract/metadata-keys.ts";
import { idsOf } from "../../src/resources/ids-of.ts";
import { newResource } from "../../src/resources/new-resource.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { creationOf } from "../../src/resources/resource-writes.ts";
import type { Connection } from "../../src/store/connection.ts";
import { openForWriting } from "../../src/store/open-database.ts";
import { append } from "../../src/store/operations/append.ts";
import { createResource } from "../../src/store/operations/create-resource.ts";
import { executionOperations } from "../../src/store/operations/execution-operations.ts";
import type { Transaction } from "../../src/store/transaction.ts";

export interface StoreSize {
  readonly agents: number;
  readonly executions: number;
}

/** Labels of the generated resources, by how many have them. */
export const labels = { common: "team=t3", rare: "rare=yes" } as const;

const agentKind = kindOf(ApiResourceKind.AGENT);
const sessionKind = kindOf(ApiResourceKind.SESSION);
const executionKind = kindOf(ApiResourceKind.AGENT_EXECUTION);

const rowsPerTransaction = 5_000;
/** One label in this many resources, and one failed execution. */
const rareEach = 1_000;
const executionsPerSession = 5;
const actor = "local";

/**
 * Fills a store by its own operations, so that every row, index entry and hash is as the daemon
 * would have written it. Nothing of it is durable before it ends. Returns milliseconds.
 */
export function generateStore(file: string, { agents, executions }: StoreSize): number {
  const startedAt = performance.now();
  using db = openForWriting(file);
  for (const pragma of ["journal_mode = off", "synchronous = off", "cache_size = -200000"]) {
    db.script(`pragma ${pragma}`);
  }
  const sessions = Math.ceil(executions / executionsPerSession);
  inTransactions(db, agents, agentWriter(agents));
  const sessionIds: string[] = [];
  inTransactions(db, sessions, sessionWriter(sessions, sessionIds));
  inTransactions(db, executions, executionWriter(executions, sessionIds));
  return performance.now() - startedAt;
}

export function slugAt(index: number): string {
  return `agent-${index}`;
}

type Write = (tx: Transaction, index: number) => void;

function inTransactions(db: Connection, count: number, write: Write): void {
  const tx = { db, changed: () => undefined };
  for (let start = 0; start < count; start += rowsPerTransaction) {
    db.script("begin");
    const end = Math.min(start + rowsPerTransaction, count);
    for (let index = start; index < end; index++) write(tx, index);
    db.script("commit");
  }
}

/** One each second, the last one now. */
function timeAt(index: number, count: number): number {
  return Date.now() - (count - index) * 1_000;
}

function agentWriter(count: number): Write {
  const write = resourceWriter(agentKind);
  return (tx, index) => {
    const rare = index % rareEach === 0 ? { rare: "yes" } : {};
    const metadata = { name: slugAt(index), labels: { team: `t${index % 10}`, ...rare } };
    write(tx, timeAt(index, count), { metadata, spec: { instructions: `Answer ${index}.` } });
  };
}

function sessionWriter(count: number, ids: string[]): Write {
  const write = resourceWriter(sessionKind);
  return (tx, index) => {
    const spec = { agent: slugAt(0), title: `Conversation ${index}` };
    ids.push(write(tx, timeAt(index, count), { metadata: { name: spec.title }, spec }));
  };
}

/** Writes as the generic service does, and returns the id. */
function resourceWriter(kind: Kind) {
  const newId = idsOf(kind);
  return (tx: Transaction, atMs: number, init: Record<string, unknown>): string => {
    const sent = create(kind.message, init) as Resource;
    const stored = newResource(kind, sent, { id: newId(atMs), actor, atMs });
    return createResource(tx, creationOf(kind, { stored, references: [], atMs })).resource.id;
  };
}

/** Each has asked once and was answered. */
function executionWriter(count: number, sessionIds: readonly string[]): Write {
  const newId = idsOf(executionKind);
  const message = toBinary(
    AgentMessageSchema,
    create(AgentMessageSchema, { parts: [{ part: { case: "text", value: "An answer." } }] }),
  );
  return (tx, index) => {
    const atMs = timeAt(index, count);
    const id = newId(atMs);
    const session = sessionIds[Math.floor(index / executionsPerSession)] ?? "";
    const isFailed = index % rareEach === 0;
    const phase = isFailed ? ExecutionPhase.EXECUTION_FAILED : ExecutionPhase.EXECUTION_COMPLETED;
    const body = toBinary(AgentExecutionSchema, executionOf(id, session, phase));
    const row = { id, org: "", slug: id, name: slugAt(0), createdAt: atMs, parentId: session };
    const resource = { ...row, kind: executionKind.number, phase, body };
    executionOperations.createExecution(tx, { resource, sessionId: session });
    append(tx, {
      executionId: id,
      fencingToken: null,
      expectedSeq: 0,
      at: atMs,
      entries: [JournalEntryType.STARTED, JournalEntryType.DONE].map((type) => ({
        type,
        key: "model#1",
        at: atMs,
        payload: message,
      })),
      messages: [1, 2].map((sequence) => ({ sequence, body: message })),
      phase,
      next: { kind: "end" },
    });
  };
}

function executionOf(id: string, session: string, phase: ExecutionPhase): AgentExecution {
  return create(AgentExecutionSchema, {
    apiVersion,
    kind: executionKind.info.name,
    metadata: { id, slug: id, name: slugAt(0) },
    spec: { agent: slugAt(0), session, message: "A question that somebody asked." },
    status: { phase, output: "An answer.", model: "script/echo", turns: 1, messages: 2 },
  });
}
