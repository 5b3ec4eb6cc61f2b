import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import {
  type ExportRequest,
  ResourceDocumentSchema,
  type ResourceSet,
  type ResourceSetChanges,
  ResourceSetSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { type Kind, kinds } from "../../contract/kinds.ts";
import type { ResourceChange } from "../../store/operations/resource-operations.ts";
import type { Store } from "../../store/store.ts";
import { Pace } from "../../system/pace.ts";
import { idsOf } from "../ids-of.ts";
import { definitionKinds } from "../referrers.ts";
import { creationOf, updateOf } from "../resource-writes.ts";
import { exportSet } from "./export-set.ts";
import { type PlanContext, planSet } from "./plan-set.ts";
import type { PlannedMember, SetPlan } from "./set-plan.ts";
import { documentPath } from "./set-member.ts";
import { setChanges } from "./set-changes.ts";
import { SetProblems } from "./set-problems.ts";

export interface ResourceSetsOptions {
  readonly store: Store;
  readonly clock: () => number;
  /** Checks a serialised message against the rules of the contract; throws `invalid-argument`. */
  readonly validate: (schema: DescMessage, bytes: Uint8Array) => Promise<unknown>;
}

/** How often a set is planned anew because somebody else changed what it is about. */
const maxAttempts = 20;

/** Definitions that are changed as one unit. */
export class ResourceSets {
  readonly #options: ResourceSetsOptions;
  readonly #newId: ReadonlyMap<Kind, (atMs: number) => string>;

  constructor(options: ResourceSetsOptions) {
    this.#options = options;
    this.#newId = new Map(kinds.map((kind) => [kind, idsOf(kind)]));
  }

  /** What {@link apply} would do; refuses what it would refuse. */
  async plan(set: ResourceSet, actor: string, signal?: AbortSignal): Promise<ResourceSetChanges> {
    const atMs = this.#options.clock();
    return await setChanges(await this.#plan(set, { actor, atMs, signal }), "planned");
  }

  /** All of it in one transaction, or nothing. */
  async apply(set: ResourceSet, actor: string, signal?: AbortSignal): Promise<ResourceSetChanges> {
    for (let attempt = 1; ; attempt++) {
      const atMs = this.#options.clock();
      const plan = await this.#plan(set, { actor, atMs, signal });
      try {
        const changes = await this.#changesOf(plan, { atMs, signal });
        if (changes.length > 0) await this.#options.store.write("changeResources", changes);
        return await setChanges(plan, "applied");
      } catch (thrown) {
        if (attempt === maxAttempts || !isOvertaken(toStigmerError(thrown))) throw thrown;
      }
    }
  }

  /** What users wrote, as it is at this moment, in an order of its own. */
  export(request: ExportRequest): AsyncGenerator<ResourceSet> {
    return exportSet(this.#options.store, request);
  }

  async #plan(set: ResourceSet, asked: Omit<PlanContext, "newId" | "problems">): Promise<SetPlan> {
    const { store } = this.#options;
    const newId = (kind: Kind): string => (this.#newId.get(kind) ?? idsOf(kind))(asked.atMs);
    const problems = await this.#brokenRules(set, asked.signal);
    const plan = await planSet(store.read, set, { ...asked, newId, problems });
    const pace = new Pace();
    for (const [index, planned] of plan.members.entries()) {
      await this.#check(planned, index);
      await pace.rest(asked.signal);
    }
    return plan;
  }

  /** Each document for itself: what is wrong with one hides nothing of another. */
  async #brokenRules(set: ResourceSet, signal: AbortSignal | undefined): Promise<SetProblems> {
    const { validate } = this.#options;
    const problems = new SetProblems();
    const pace = new Pace();
    const withoutDocuments = create(ResourceSetSchema, { ...set, documents: [] });
    await validate(ResourceSetSchema, toBinary(ResourceSetSchema, withoutDocuments));
    for (const [index, document] of set.documents.entries()) {
      const bytes = toBinary(ResourceDocumentSchema, document);
      await problems.checkRules(`documents[${index}]`, validate(ResourceDocumentSchema, bytes));
      await pace.rest(signal);
    }
    return problems;
  }

  /** The documents were checked when they came; what others added to them was not. */
  async #check({ member, next, current, isChanged }: PlannedMember, index: number): Promise<void> {
    if (!current || !isChanged) return;
    const { kind, slug } = member;
    try {
      await this.#options.validate(kind.message, toBinary(kind.message, next));
    } catch (thrown) {
      const { code, message, violations } = toStigmerError(thrown);
      if (code !== "invalid-argument") throw thrown;
      const path = documentPath(index, kind);
      throw new StigmerError(code, `${path}: with what is stored, ${message}`, {
        hint: `stigmer get ${kind.info.name} ${slug} -o yaml`,
        violations: violations.map((each) => ({ ...each, field: `${path}.${each.field}` })),
      });
    }
  }

  async #changesOf(
    { members, order, pruned }: SetPlan,
    { atMs, signal }: Pick<PlanContext, "atMs" | "signal">,
  ): Promise<ResourceChange[]> {
    const changes: ResourceChange[] = [];
    const pace = new Pace();
    for (const index of order) {
      const planned = members[index];
      if (planned) changes.push(...writeOf(planned, atMs), ...this.#declarationOf(planned));
      await pace.rest(signal);
    }
    for (const { id, resourceVersion } of pruned) {
      const deletion = { id, expectedVersion: resourceVersion, definitionKinds };
      changes.push({ change: "delete", resource: deletion });
    }
    return changes;
  }

  /** What the file says from now on; nothing when it said the same before. */
  #declarationOf({ member, row, next, isChanged }: PlannedMember): ResourceChange[] {
    const body = toBinary(member.kind.message, member.declared);
    const id = next.metadata?.id ?? "";
    const before = this.#options.store.read.getDeclaration(id);
    if (before && Buffer.compare(before.body, body) === 0) return [];
    const expectedVersion = (row?.resourceVersion ?? 0) + (isChanged ? 1 : 0);
    return [{ change: "declare", resource: { id, expectedVersion, body } }];
  }
}

function writeOf(planned: PlannedMember, atMs: number): ResourceChange[] {
  const { member, row, next, references, isChanged, earlier = [] } = planned;
  if (!isChanged) return [];
  const write = { stored: next, references, atMs, earlier };
  if (!row) return [{ change: "create", resource: creationOf(member.kind, write) }];
  const update = updateOf(member.kind, row, write);
  return [{ change: "update", resource: { ...update, expectedVersion: row.resourceVersion } }];
}

/** Somebody else changed, created or deleted something between the plan and its write. */
function isOvertaken({ code }: StigmerError): boolean {
  return code === "conflict" || code === "already-exists" || code === "not-found";
}
