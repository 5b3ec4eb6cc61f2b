import { fromBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type SkillSpec,
  SkillSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import {
  type ArtifactChunk,
  RunnerController,
  type RunnerExecution,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { WorkflowExecution } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import { findExecution } from "../../resources/any-executions.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import { environmentValues } from "../../resources/environment-values.ts";
import type { Store, StoreReader } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { Settings } from "../../system/settings.ts";
import { writeSetting } from "../../system/write-setting.ts";
import type { LentCredentials } from "../credentials/lent-credentials.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { RunnerPool } from "../dispatch/runner-pool.ts";
import { childHandlers } from "./child-handlers.ts";
import { eventHandlers } from "./event-services.ts";
import { type CallContext, implement, type ServiceImplementation } from "../grpc/handlers.ts";

export interface RunnerServiceOptions {
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly dispatcher: Dispatcher;
  readonly executions: AgentExecutions;
  readonly workflowExecutions: WorkflowExecutions;
  readonly lent: LentCredentials;
  readonly credentials: ProviderCredentials;
  readonly settings: () => Promise<Settings>;
  readonly configFile: string;
}

/** Bytes of journal read at once for a resume. */
const readAheadBytes = 1 << 20;

/** Read at once from the messages of one execution. */
const messagesAtOnce = 100;

/** What runner processes ask. Each may ask only about the execution that it holds. */
export function runnerService(options: RunnerServiceOptions): ServiceImplementation {
  const { store, pool, dispatcher } = options;
  const held = (execution: RunnerExecution | undefined, call: CallContext): ExecutionRow =>
    heldExecution(store.read, pool, execution, call);
  return implement(RunnerController, {
    ...childHandlers(options, held),
    ...eventHandlers(store, held),
    async *work(messages, call) {
      const runner = pool.find(runnerIdOf(call));
      if (!runner) throw new StigmerError("permission-denied", "this runner is not known");
      const listening = dispatcher.listen(runner, messages);
      // Its stream broke: the process ends itself, and its end is what counts.
      listening.catch(() => runner.kill());
      yield* runner.outgoing;
      await listening;
    },
    async *readJournal(execution, call) {
      yield* liveJournal(store.read, held(execution, call));
    },
    async *readConversation(execution, call) {
      yield* conversationBefore(store.read, held(execution, call));
    },
    async resolveCredential({ execution, provider }, call) {
      const { id } = held(execution, call);
      return await options.credentials.resolve(provider, options.lent.find(id, provider));
    },
    async resolveEnvironment(execution, call) {
      const { id } = held(execution, call);
      const { spec, status } = findExecution(store.read, id).execution as BoundExecution;
      const bound = environmentValues(store.read, boundEnvironments(status));
      return await Promise.resolve({ values: { ...bound, ...spec?.values } });
    },
    async saveDefaultModel({ execution, model }, call) {
      held(execution, call);
      const current = (await options.settings()).get("model.default");
      if (current === undefined) await writeSetting(options.configFile, "model.default", model);
      return { model: current ?? model };
    },
    async readSkill({ execution, revision }, call) {
      const { id } = held(execution, call);
      return await Promise.resolve(pinnedSkill(store.read, options.executions.get(id), revision));
    },
    async putArtifact(chunks, call) {
      const upload = await openUpload(chunks);
      // Of the execution from its first moment on, whatever its journal says of it later.
      const { id } = held(upload.execution, call);
      const { hash, size } = await store.artifacts.put(upload.content, id);
      return { sha256: hash, size: BigInt(size) };
    },
    async *getArtifact({ sha256, execution }, call) {
      held(execution, call);
      for await (const data of await store.artifacts.open(sha256)) yield { data };
    },
  });
}

function runnerIdOf({ principal }: CallContext): string {
  return principal.kind === "runner" ? principal.runnerId : "";
}

function heldExecution(
  read: StoreReader,
  pool: RunnerPool,
  execution: RunnerExecution | undefined,
  call: CallContext,
): ExecutionRow {
  const row = execution && read.execution(execution.executionId);
  const runner = pool.find(runnerIdOf(call));
  if (
    row &&
    runner &&
    row.runnerId === runner.id &&
    row.fencingToken === Number(execution.fencingToken)
  )
    return row;
  throw new StigmerError("permission-denied", "this runner does not hold that execution");
}

/** What a resume needs, oldest first; with each outcome what it covers. */
async function* liveJournal(read: StoreReader, { id, lastSeq }: ExecutionRow) {
  for (const { first, last, coversFrom = 0 } of read.liveRanges(id, lastSeq)) {
    for (let after = first - 1; after < last;) {
      const entries = read.journal(id, after, readAheadBytes, last);
      if (entries.length === 0) throw missingEntries(id, after);
      for (const { seq, type, key, at, payload } of entries) {
        after = seq;
        yield await Promise.resolve({
          sequence: BigInt(seq),
          type,
          key,
          payload,
          atMs: BigInt(at),
          coversFrom: BigInt(seq === first ? coversFrom : 0),
        });
      }
    }
  }
}

function missingEntries(id: string, after: number): StigmerError {
  return new StigmerError("data-loss", `the journal of ${id} has a gap after entry ${after}`);
}

/** What was said in the session before this execution, oldest first. */
async function* conversationBefore(read: StoreReader, row: ExecutionRow) {
  if (row.sessionId === null) return;
  for (const item of read.sessionExecutions(row.sessionId)) {
    if (item.kind === "corrupt") throw item.error;
    if (item.row.id === row.id) return;
    yield* messagesOf(read, item.row.id);
  }
}

async function* messagesOf(read: StoreReader, executionId: string) {
  let after = 0;
  for (;;) {
    const items = read.messages(executionId, after, messagesAtOnce);
    for (const item of items) {
      if (item.kind === "corrupt") throw item.error;
      after = item.row.sequence;
      yield await Promise.resolve(fromBinary(AgentMessageSchema, item.row.body));
    }
    if (items.length < messagesAtOnce) return;
  }
}

/** Executions of every kind have these. */
type BoundExecution = AgentExecution | WorkflowExecution;

function boundEnvironments(status: BoundExecution["status"]): string[] {
  const pinned = status?.pinned ?? [];
  return pinned.filter(({ kind }) => kind === ApiResourceKind.ENVIRONMENT).map((pin) => pin.id);
}

function pinnedSkill(read: StoreReader, execution: AgentExecution, revision: string): SkillSpec {
  const { id = "" } = execution.metadata ?? {};
  const pin = execution.status?.pinned.find(
    (each) => each.kind === ApiResourceKind.SKILL && each.revision === revision,
  );
  if (!pin) throw new StigmerError("permission-denied", `${id} has no skill of this revision`);
  const stored = read.getRevision(revision);
  if (stored) return fromBinary(SkillSpecSchema, stored.body);
  throw new StigmerError("data-loss", `the revision of the skill "${pin.slug}" is gone`);
}

interface Upload {
  readonly execution: RunnerExecution | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** The first chunk of an upload says on whose behalf. */
async function openUpload(chunks: AsyncIterable<ArtifactChunk>): Promise<Upload> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  return {
    execution: first.done === true ? undefined : first.value.execution,
    content: contentOf(first, { [Symbol.asyncIterator]: () => rest }),
  };
}

async function* contentOf(
  first: IteratorResult<ArtifactChunk>,
  rest: AsyncIterable<ArtifactChunk>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (first.done === true) return;
  yield first.value.data;
  for await (const { data } of rest) yield data;
}
