import { clone, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import type { ResourceSet } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceMetadataSchema } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { Kind } from "../../contract/kinds.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { referencesOfResource, rulesOf } from "../kind-rules.ts";
import { newResource } from "../new-resource.ts";
import { nounOf, type Reference, resolveReferences } from "../references.ts";
import type { Resource } from "../resource.ts";
import { Pace } from "../../system/pace.ts";
import { isUnchanged } from "../resource-writes.ts";
import { auditNow, fromRow, toStored } from "../stored-resource.ts";
import { dependencyOrder } from "./dependency-order.ts";
import { holdImported, isHeld } from "./hold-imported.ts";
import { plannedReader } from "./planned-reader.ts";
import { prunedRows } from "./pruned-rows.ts";
import { documentPath, kindOfDocument, setMember, type SetMember } from "./set-member.ts";
import {
  refuseStrayVersions,
  type SetVersion,
  versionedKind,
  versionsBySkill,
  withVersions,
} from "./set-versions.ts";
import type { PlannedMember, SetPlan } from "./set-plan.ts";
import type { SetProblems } from "./set-problems.ts";
import { mergeThreeWay } from "./three-way-merge.ts";

/** Who asks for the plan, and what new resources are called. */
export interface PlanContext {
  readonly actor: string;
  readonly atMs: number;
  readonly newId: (kind: Kind) => string;
  /** What the rules of the contract say against the documents; the rest is added. */
  readonly problems: SetProblems;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a set does to what is stored now. Others are answered meanwhile, and what they change is found
 * when the plan is written. Throws one error with everything that is wrong with any of its documents.
 */
export async function planSet(
  read: StoreReader,
  set: ResourceSet,
  context: PlanContext,
): Promise<SetPlan> {
  const { problems, signal } = context;
  const pace = new Pace();
  const drafts: PathedDraft[] = [];
  const versions = versionsBySkill(read, set, problems);
  const unnamed: UnnamedDocument[] = [];
  for (const [index, document] of set.documents.entries()) {
    if (document.resource.case === undefined) continue;
    const kind = kindOfDocument(document);
    const path = documentPath(index, kind);
    const draft = problems.check(path, () =>
      draftOf(read, setMember(document), { ...context, versions, imported: set.imported }),
    );
    if (draft) drafts.push({ ...draft, path });
    else unnamed.push({ path, kind, sent: document.resource.value });
    await pace.rest(signal);
  }
  refuseTwins(drafts, problems);
  const documents = drafts.map(({ member }) => member);
  if (!problems.hasAny) refuseStrayVersions(set, documents, problems);
  const planned = plannedReader(read, drafts.map(rowOf));
  const members: PlannedMember[] = [];
  for (const draft of drafts) {
    const { member, next, path } = draft;
    problems.check(path, () => rulesOf(member.kind.number).check?.(next, planned));
    const references = problems.check(path, () => {
      const named = referencesOfResource(member.kind, next);
      return resolveReferences(
        planned,
        named.filter((each) => !namesOneOf(unnamed, each)),
      );
    });
    if (references) members.push({ ...draft, references });
    await pace.rest(signal);
  }
  for (const document of unnamed) checkUnnamed(document, planned, problems);
  problems.throwIfAny();
  return {
    members,
    order: orderOf(members),
    pruned: await prunedRows(read, set.pruneSelector, members),
  };
}

type Draft = Omit<PlannedMember, "references">;

type PathedDraft = Draft & { readonly path: string };

interface DraftContext extends PlanContext {
  readonly imported: boolean;
  readonly versions: ReadonlyMap<string, readonly SetVersion[]>;
}

function draftOf(read: StoreReader, member: SetMember, context: DraftContext): Draft {
  const plain = unheldDraftOf(read, member, context);
  const own = member.kind === versionedKind ? context.versions.get(member.writtenName) : undefined;
  const draft = own ? withVersions(plain, own, context) : plain;
  if (context.imported && draft.isChanged) holdImported(member.kind, draft.next);
  return draft;
}

function unheldDraftOf(read: StoreReader, member: SetMember, context: DraftContext): Draft {
  const { kind, slug, declared } = member;
  const row = read.getBySlug(kind.number, "", slug);
  if (!row) {
    const { actor, atMs } = context;
    const next = newResource(kind, declared, { id: context.newId(kind), actor, atMs });
    return { member, row, current: undefined, next, isChanged: true };
  }
  const current = fromRow(kind, row);
  const rules = rulesOf(kind.number);
  const merged = merge(read, member, current);
  rules.complete?.(merged);
  const isReleased = !context.imported && isHeld(kind, current);
  if (!isReleased && isUnchanged(kind, current, merged)) {
    return { member, row, current, next: current, isChanged: false };
  }
  rules.checkChange?.(merged, current);
  const audit = auditNow(context.actor, context.atMs, current.status?.audit);
  const next = toStored(kind, merged, audit);
  rules.carryStatus?.(next, current, context.atMs);
  return { member, row, current, next, isChanged: true };
}

function merge(read: StoreReader, member: SetMember, current: Resource): Resource {
  const { kind, declared, empty } = member;
  const id = current.metadata?.id ?? "";
  const said = read.getDeclaration(id);
  const merged = mergeThreeWay(kind.message, {
    said: said && fromBinary(kind.message, said.body),
    says: declared,
    stored: current,
    empty,
  }) as Resource;
  const metadata = (merged.metadata ??= create(ApiResourceMetadataSchema));
  metadata.id = id;
  metadata.slug = member.slug;
  metadata.name ||= member.slug;
  return merged;
}

/** Two documents for one resource: which of them should win? */
function refuseTwins(drafts: readonly PathedDraft[], problems: SetProblems): void {
  const seen = new Map<string, string>();
  for (const { member, path } of drafts) {
    const key = `${member.kind.number}/${member.slug}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, path);
    else problems.check(path, () => refuseTwin(member, first));
  }
}

function refuseTwin({ kind, slug }: SetMember, first: string): never {
  const message = `${nounOf(kind)} "${slug}" stands in ${first.split(".")[0]} too`;
  throw new StigmerError("invalid-argument", message, {
    hint: "write each resource once",
    violations: [{ field: "metadata.slug", rule: "unique", message }],
  });
}

/** A document that nothing can be planned for; what else is wrong with it is said all the same. */
interface UnnamedDocument {
  readonly path: string;
  readonly kind: Kind;
  readonly sent: Resource;
}

function checkUnnamed(
  { path, kind, sent }: UnnamedDocument,
  read: StoreReader,
  problems: SetProblems,
): void {
  const rules = rulesOf(kind.number);
  const copy = clone(kind.message, sent) as Resource;
  problems.check(path, () => {
    rules.complete?.(copy);
    rules.check?.(copy, read);
  });
  problems.check(path, () => resolveReferences(read, referencesOfResource(kind, copy)));
}

/** It is there, only not right yet. */
function namesOneOf(unnamed: readonly UnnamedDocument[], { kind, name }: Reference): boolean {
  return unnamed.some(
    ({ kind: { number }, sent: { metadata } }) =>
      number === kind.number && (metadata?.slug === name || metadata?.name === name),
  );
}

function orderOf(members: readonly PlannedMember[]): readonly number[] {
  const numbers = new Map(members.map(({ next }, index) => [next.metadata?.id, index]));
  const found = dependencyOrder({
    count: members.length,
    dependenciesOf: (index) =>
      members[index]?.references.flatMap(({ id }) => numbers.get(id) ?? []) ?? [],
  });
  if (found.kind === "ordered") return found.order;
  const names = found.cycle.map((index) => members[index]?.member.slug);
  throw new StigmerError(
    "invalid-argument",
    `these refer to one another in a circle: ${[...names, names[0]].join(" → ")}`,
    { hint: "remove one of these references" },
  );
}

function rowOf({ member, row, next, isChanged }: Draft): ResourceRow {
  const { id = "", org = "", name = "" } = next.metadata ?? {};
  const made = { createdAt: 0, updatedAt: 0, revisionHash: null, parentId: null, phase: 0 };
  const { kind, slug } = member;
  const body = row && !isChanged ? row.body : toBinary(kind.message, next);
  const before = row ?? { ...made, resourceVersion: 0 };
  return { ...before, kind: kind.number, id, org, slug, name, body };
}
