import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type HistoryPart,
  HistoryPartSchema,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import type {
  HistoryRecordSchema,
  HistoryResourceSchema,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/record_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import type { ExecutionPosition } from "../../store/readers/history-export-reader.ts";
import type { Store, StoreReader } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { Pace } from "../../system/pace.ts";
import { version } from "../../system/version.ts";
import { fromRow } from "../stored-resource.ts";
import { executionKinds, historyFormat, recordBytes, sessionKind } from "./history-format.ts";
import { dataParts } from "./record-data.ts";

type RecordInit = MessageInitShape<typeof HistoryRecordSchema>["record"];

const pageSize = 100;

/**
 * Sessions and ended executions with what belongs to them, as they are when the first part is asked
 * for. Holds some pieces of one execution at a time.
 *
 * @throws StigmerError `data-loss` for a damaged row
 */
export async function* exportHistory(store: Store): AsyncGenerator<HistoryPart> {
  using snapshot = store.snapshot();
  const { read } = snapshot;
  yield part({ case: "header", value: headerOf(read) });
  const pace = new Pace();
  for (const produced of new HistoryExport(read).parts()) {
    yield produced;
    if (produced.part.case === "artifact") yield* contentOf(store, produced.part.value.sha256);
    await pace.rest();
  }
}

async function* contentOf(store: Store, sha256: string): AsyncGenerator<HistoryPart> {
  for await (const value of await store.artifacts.open(sha256))
    yield part({ case: "content", value });
}

function headerOf(read: StoreReader) {
  const executions = read.historyTotals().executions;
  return {
    format: historyFormat,
    version,
    sessions: BigInt(read.count({ kinds: [sessionKind] })),
    executions: BigInt(executions),
    openExecutions: BigInt(read.count({ kinds: [...executionKinds] }) - executions),
  };
}

class HistoryExport {
  readonly #read: StoreReader;
  /** Hashes of what was written: the same is written once. */
  readonly #written = new Set<string>();

  constructor(read: StoreReader) {
    this.#read = read;
  }

  *parts(): Generator<HistoryPart> {
    for (const row of this.#rows([sessionKind])) yield* this.#session(row);
    for (const row of this.#executions()) yield* this.#execution(row);
  }

  /** Oldest first, and none before the one that started it, whatever the clock did. */
  *#executions(): Generator<ResourceRow> {
    const early = new Set<string>();
    let page: ExecutionPosition[] = [];
    do {
      page = this.#read.endedExecutions(executionKinds, pageSize, page.at(-1));
      for (const position of page) {
        if (!early.delete(position.id)) yield* this.#withParents(position, early);
      }
    } while (page.length > 0);
  }

  *#withParents(position: ExecutionPosition, early: Set<string>): Generator<ResourceRow> {
    const row = this.#read.get(position.kind, position.id);
    if (!row) return;
    const parent = this.#parentOf(row) ? this.#read.execution(row.parentId ?? "") : undefined;
    if (parent && isLater(parent, row) && !early.has(parent.id)) {
      early.add(parent.id);
      yield* this.#withParents(parent, early);
    }
    yield row;
  }

  /** Empty when it is not in the history: it goes on, or there is none. */
  #parentOf({ parentId }: ResourceRow): string {
    if (parentId === null) return "";
    const goesOn =
      this.#read.execution(parentId) !== undefined && this.#read.endedAt(parentId) === undefined;
    return goesOn ? "" : parentId;
  }

  *#rows(kinds: readonly number[]): Generator<ResourceRow> {
    let cursor: string | undefined;
    do {
      const page = this.#read.list({
        kinds,
        pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const item of page.items) {
        if (item.kind === "corrupt") throw item.error;
        yield item.row;
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  *#session(row: ResourceRow): Generator<HistoryPart> {
    yield* this.#revisions([row.revisionHash ?? ""]);
    const value = this.#resource(row);
    yield* this.#artifacts(value.artifacts);
    yield* dataParts(`sessions/${row.id}`, { case: "session", value });
  }

  *#execution(row: ResourceRow): Generator<HistoryPart> {
    const { id } = row;
    const [execution, endedAt] = [this.#read.execution(id), this.#read.endedAt(id)];
    if (execution?.state !== "ended" || endedAt === undefined) return;
    const name = `executions/${id}`;
    const pinned = this.#read.pinnedRevisions(id);
    yield* this.#revisions([row.revisionHash ?? "", ...pinned]);
    const resource = this.#resource(row);
    yield* this.#artifacts(resource.artifacts);
    const { sessionId, attempt, cancelReason, lastSeq } = execution;
    const started = { resource, attempt, pinned };
    const value = { ...started, sessionId: sessionId ?? "", cancelReason: cancelReason ?? "" };
    yield* dataParts(name, { case: "execution", value });
    for (const record of this.#journal(id)) yield* dataParts(`${name}/journal`, record);
    for (const record of this.#messages(id)) yield* dataParts(`${name}/messages`, record);
    const end = { id, endedAt: BigInt(endedAt), lastSeq: BigInt(lastSeq) };
    yield* dataParts(`${name}/end`, { case: "end", value: end });
  }

  *#journal(executionId: string): Generator<NonNullable<RecordInit>> {
    for (let after = 0; ;) {
      const entries = this.#read.journal(executionId, after, recordBytes);
      const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
      if (first === undefined || last === undefined) return;
      const covers = this.#read.covers(executionId, first, last);
      const value = {
        entries: entries.map(({ seq, type, key, at, payload }) => ({
          seq: BigInt(seq),
          type,
          key,
          at: BigInt(at),
          payload,
          coversFrom: BigInt(covers.get(seq) ?? 0),
        })),
      };
      yield { case: "journal", value };
      after = last;
    }
  }

  *#messages(executionId: string): Generator<NonNullable<RecordInit>> {
    for (let after = 0; ;) {
      const page = this.#read.messages(executionId, after, 20);
      const messages = page.map((item) => {
        if (item.kind === "corrupt") throw item.error;
        return { sequence: BigInt(item.row.sequence), body: item.row.body };
      });
      const last = messages.at(-1);
      if (!last) return;
      yield { case: "messages", value: { messages } };
      after = Number(last.sequence);
    }
  }

  *#revisions(hashes: readonly string[]): Generator<HistoryPart> {
    for (const hash of hashes) {
      const revision = this.#isNew(hash) ? this.#read.getRevision(hash) : undefined;
      if (!revision) continue;
      const artifacts = this.#read.revisionArtifacts(hash);
      yield* this.#artifacts(artifacts);
      const { kind, body } = revision;
      const value = { hash, kind, body, artifacts };
      yield* dataParts(`revisions/${hash}`, { case: "revision", value });
    }
  }

  *#artifacts(hashes: readonly string[]): Generator<HistoryPart> {
    for (const sha256 of hashes) {
      const artifact = this.#isNew(`artifact ${sha256}`) ? this.#read.artifact(sha256) : undefined;
      if (!artifact) continue;
      yield part({ case: "artifact", value: { sha256, size: BigInt(artifact.size) } });
    }
  }

  #isNew(hash: string): boolean {
    const isNew = !this.#written.has(hash);
    this.#written.add(hash);
    return isNew;
  }

  #resource(row: ResourceRow) {
    const { kind, id, name, phase, body, revisionHash } = row;
    const { references, artifacts } = this.#read.resourceLinks(id);
    return {
      kind,
      id,
      name,
      phase,
      body,
      parentId: this.#parentOf(row),
      revisionHash: revisionHash ?? "",
      references: [...references],
      artifacts: [...artifacts],
      labels: fromRow(kindOf(kind), row).metadata?.labels ?? {},
      resourceVersion: BigInt(row.resourceVersion),
      createdAt: BigInt(row.createdAt),
      updatedAt: BigInt(row.updatedAt),
    } satisfies MessageInitShape<typeof HistoryResourceSchema>;
  }
}

function isLater(one: ExecutionPosition, other: ExecutionPosition): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt > other.createdAt;
  return one.id > other.id;
}

function part(value: MessageInitShape<typeof HistoryPartSchema>["part"] & object): HistoryPart {
  return create(HistoryPartSchema, { part: value });
}
