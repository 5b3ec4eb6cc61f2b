import { fromBinary } from "@bufbuild/protobuf";
import { messageOf, StigmerError, toStigmerError } from "../../contract/errors.ts";
import type {
  HistoryHeader,
  HistoryPart,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import type {
  HistoryExecution,
  HistoryRecord,
  HistoryResource,
  HistoryRevision,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/record_pb.ts";
import { kindOf, kindOfId } from "../../contract/kinds.ts";
import type { Operations } from "../../store/operations/operations.ts";
import type {
  RestoredResource,
  RestoredRevision,
} from "../../store/operations/restore-operations.ts";
import type { Store } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import type { Resource } from "../resource.ts";
import { revisionHash } from "../revision.ts";
import { specSchema } from "../stored-resource.ts";
import { executionKinds, historyFormat, sessionKind } from "./history-format.ts";
import { cutOff, noHistory } from "./history-refusals.ts";
import { importArtifact } from "./import-artifact.ts";
import { RecordAssembly } from "./record-data.ts";

export interface ImportedHistory {
  readonly sessions: number;
  readonly executions: number;
  readonly skippedSessions: number;
  readonly skippedExecutions: number;
}

/**
 * Stores what is not there yet, execution by execution: what was stored before a failure stays.
 *
 * @throws StigmerError `incompatible` for a format of a newer version; `data-loss` for a history
 * that is damaged or cut off; `invalid-argument` for what is none; `failed-precondition` for an
 * artifact that was not uploaded before
 */
export async function importHistory(
  store: Store,
  parts: AsyncIterable<HistoryPart>,
): Promise<ImportedHistory> {
  const history = new HistoryImport(store);
  try {
    return await keepAll(store, parts, history);
  } catch (thrown) {
    await history.abandon();
    throw thrown;
  }
}

async function keepAll(
  store: Store,
  parts: AsyncIterable<HistoryPart>,
  history: HistoryImport,
): Promise<ImportedHistory> {
  const incoming = parts[Symbol.asyncIterator]();
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    const next = await incoming.next();
    if (next.done === true) return history.finish();
    const { part } = next.value;
    // oxlint-disable-next-line no-await-in-loop -- in their order
    if (part.case === "artifact") await importArtifact(store, part.value, incoming);
    // oxlint-disable-next-line no-await-in-loop -- in their order
    else await history.take(next.value);
  }
}

class HistoryImport {
  readonly #store: Store;
  readonly #assembly = new RecordAssembly();
  readonly #counts = { sessions: 0, executions: 0, skippedSessions: 0, skippedExecutions: 0 };
  /** What came and is not stored yet: the next resource, or a later one, is pinned to it. */
  #revisions: RestoredRevision[] = [];
  /** The execution that is being restored; undefined between two, and while one is skipped. */
  #current: string | undefined;
  #hasBegun = false;
  #isOpen = false;

  constructor(store: Store) {
    this.#store = store;
  }

  async take({ part }: HistoryPart): Promise<void> {
    if (part.case === "header") return this.#begin(part.value);
    if (!this.#hasBegun) throw noHistory("it does not begin with its header");
    if (part.case !== "data") throw noHistory("a content stands behind no artifact");
    const record = this.#assembly.add(part.value);
    if (record) await this.#keep(record);
  }

  /** Removes what has come of an execution without its end. */
  async abandon(): Promise<void> {
    if (this.#current === undefined) return;
    // Where nothing can be written any more, the next start removes it.
    await this.#store.write("removeUnfinished", { id: this.#current }).catch(() => undefined);
  }

  finish(): ImportedHistory {
    if (!this.#hasBegun) throw noHistory("it is empty");
    if (!this.#assembly.isWhole || this.#isOpen) throw cutOff();
    return this.#counts;
  }

  #begin({ format, version }: HistoryHeader): void {
    if (format > historyFormat) {
      throw new StigmerError(
        "incompatible",
        `the history was written by version ${version}, in a format that this version does not know`,
        { hint: "import it with that version or a newer one" },
      );
    }
    this.#hasBegun = true;
  }

  async #keep({ record }: HistoryRecord): Promise<void> {
    switch (record.case) {
      case "revision":
        this.#revisions.push(revisionOf(record.value));
        return;
      case "session":
        return await this.#session(record.value);
      case "execution":
        return await this.#execution(record.value);
      case "journal":
      case "messages":
        return await this.#rows(record);
      case "end":
        return await this.#end(record.value);
      case undefined:
        throw noHistory("it has a record that this version does not know");
    }
  }

  async #session(session: HistoryResource): Promise<void> {
    const resource = this.#resourceOf(session, [sessionKind]);
    const isStored = await this.#unlessThere("restoreResource", resource);
    this.#counts[isStored ? "sessions" : "skippedSessions"] += 1;
  }

  async #execution({ resource, ...rest }: HistoryExecution): Promise<void> {
    if (this.#isOpen) throw cutOff();
    if (!resource) throw noHistory("an execution is missing");
    const { sessionId, attempt, cancelReason, pinned } = rest;
    const isStored = await this.#unlessThere("restoreExecution", {
      ...this.#resourceOf(resource, executionKinds),
      sessionId: orNull(sessionId),
      attempt,
      cancelReason: orNull(cancelReason),
      pinned,
    });
    this.#isOpen = true;
    this.#current = isStored ? resource.id : undefined;
    this.#counts[isStored ? "executions" : "skippedExecutions"] += 1;
  }

  async #rows(record: HistoryRecord["record"]): Promise<void> {
    const executionId = this.#current;
    if (!this.#isOpen) throw noHistory("rows stand outside of an execution");
    if (executionId === undefined) return;
    const journal = record.case === "journal" ? record.value.entries : [];
    const messages = record.case === "messages" ? record.value.messages : [];
    await this.#store.write("restoreRows", {
      journal: journal.map(({ seq, at, coversFrom, type, key, payload }) => ({
        executionId,
        seq: Number(seq),
        type,
        key,
        at: Number(at),
        payload,
        ...(coversFrom === 0n ? {} : { coversFrom: Number(coversFrom) }),
      })),
      messages: messages.map(({ sequence, body }) => ({
        executionId,
        sequence: Number(sequence),
        body,
      })),
    });
  }

  async #end({ id, endedAt, lastSeq }: { id: string; endedAt: bigint; lastSeq: bigint }) {
    if (!this.#isOpen || (this.#current !== undefined && this.#current !== id)) throw cutOff();
    const isStored = this.#current !== undefined;
    [this.#isOpen, this.#current] = [false, undefined];
    if (!isStored) return;
    const end = { id, endedAt: Number(endedAt), lastSeq: Number(lastSeq) };
    await this.#store.write("restoreEnd", end);
  }

  /** False when it is there already. */
  async #unlessThere<Name extends "restoreResource" | "restoreExecution">(
    operation: Name,
    input: Operations[Name]["input"],
  ): Promise<boolean> {
    try {
      await this.#store.write(operation, input);
      this.#revisions = [];
      return true;
    } catch (thrown) {
      if (toStigmerError(thrown).code !== "already-exists") throw thrown;
      this.#forgetStored();
      return false;
    }
  }

  /** Of a long history that is there already, as good as all are. */
  #forgetStored(): void {
    const { read } = this.#store;
    this.#revisions = this.#revisions.filter(({ hash }) => read.getRevision(hash) === undefined);
  }

  #resourceOf(sent: HistoryResource, kinds: readonly number[]): RestoredResource {
    const row = rowOf(sent, kinds);
    const { labels, references, artifacts } = sent;
    return { row, labels, references, artifacts, revisions: this.#revisions };
  }
}

/** A history comes from a file: what its reader would stumble over is refused here. */
function rowOf(sent: HistoryResource, kinds: readonly number[]): ResourceRow {
  const { kind, id, name, phase, body } = sent;
  if (!kinds.includes(kind) || kindOfId(id)?.number !== kind) {
    throw noHistory(`"${id}" is no id of its kind`);
  }
  refuseOther(sent);
  return {
    kind,
    id,
    name,
    phase,
    body,
    org: "",
    slug: id,
    revisionHash: orNull(sent.revisionHash),
    parentId: orNull(sent.parentId),
    resourceVersion: Number(sent.resourceVersion),
    createdAt: Number(sent.createdAt),
    updatedAt: Number(sent.updatedAt),
  };
}

function refuseOther({ kind, id, body }: HistoryResource): void {
  try {
    const resource = fromBinary(kindOf(kind).message, body) as Resource;
    if (resource.spec && resource.metadata) return;
  } catch (thrown) {
    throw noHistory(`${id} cannot be read: ${messageOf(thrown)}`);
  }
  throw noHistory(`${id} has no spec`);
}

/** Definitions are found by their hash: a false one would take the place of somebody's own. */
function revisionOf({ hash, kind, body, artifacts }: HistoryRevision): RestoredRevision {
  const schema = specSchema(kindOf(kind));
  let found: string;
  try {
    found = revisionHash(schema, fromBinary(schema, body));
  } catch (thrown) {
    throw noHistory(`the revision ${hash} cannot be read: ${messageOf(thrown)}`);
  }
  if (found !== hash) throw noHistory(`the revision ${hash} is another one`);
  return { hash, kind, body, artifacts };
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
