import { clone, create } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import type { ApiResourceListRequest } from "../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { Kind } from "../contract/kinds.ts";
import { conflictOf } from "../store/conflict.ts";
import type { ResourceFilter } from "../store/readers/resource-filter.ts";
import type { Store } from "../store/store.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import type { ScheduleRow } from "../store/tables/schedule-table.ts";
import { type KindRules, referencesOfResource } from "./kind-rules.ts";
import { idsOf } from "./ids-of.ts";
import { newResource } from "./new-resource.ts";
import { pageQuery } from "./page-query.ts";
import { resolveReferences, resolveResource, resolveVersion } from "./references.ts";
import { definitionKinds, dependentsOf, refuseReferred } from "./referrers.ts";
import { refuseOrganisation } from "./refuse-organisation.ts";
import { requestIdentity } from "./request-identity.ts";
import type { Resource } from "./resource.ts";
import {
  creationOf,
  isSameStatus,
  isUnchanged,
  type ResourceWrite,
  updateOf,
} from "./resource-writes.ts";
import { slugOf } from "./slug.ts";
import { auditNow, fromCheckedRow, fromRow, fromVersion, toStored } from "./stored-resource.ts";

export interface ResourceServiceOptions {
  readonly kind: Kind;
  readonly store: Store;
  readonly clock: () => number;
  /** What is special about the kind. */
  readonly rules: KindRules;
}

/** Who writes, and how. */
export interface WriteContext {
  readonly actor: string;
  readonly requestId?: string;
  /** Validate and answer as if; store nothing. */
  readonly dryRun: boolean;
  /** Delete what refers to the resource too. */
  readonly cascade: boolean;
  /** State of the schedule that starts an execution: stored with the execution or not at all. */
  readonly schedule?: ScheduleRow;
}

/** Changes the status of what is about to be written, beyond what its kind does. */
export type AmendStatus = (stored: Resource) => void;

export interface ResourcePage {
  readonly items: Resource[];
  readonly nextPageToken: string;
}

/** How often a write is tried on what others wrote meanwhile. */
const maxAttempts = 20;

/** The verbs that every kind has, driven by its descriptors. */
export class ResourceService {
  readonly kind: Kind;
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #rules: KindRules;
  readonly #newId: (atMs: number) => string;

  constructor(options: ResourceServiceOptions) {
    this.kind = options.kind;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#rules = options.rules;
    this.#newId = idsOf(options.kind);
  }

  /** By id, slug or name; of a kind with versions with `@VERSION` behind it. */
  get(name: string): Resource {
    const { read } = this.#store;
    const { row, version } = resolveVersion(read, this.kind, name);
    return version === undefined
      ? fromRow(this.kind, row)
      : fromVersion(this.kind, row, { hash: version, spec: read.getRevision(version)?.body });
  }

  /** The row behind an id, a slug or a name. Throws `not-found`. */
  find(name: string): ResourceRow {
    return resolveResource(this.#store.read, this.kind, name);
  }

  list(request: ApiResourceListRequest, filter: Partial<ResourceFilter> = {}): ResourcePage {
    const page = this.#store.read.list({
      kinds: [this.kind.number],
      ...pageQuery(request),
      ...filter,
    });
    return {
      items: page.items.map((item) => fromCheckedRow(this.kind, item)),
      nextPageToken: page.nextCursor ?? "",
    };
  }

  async create(
    sent: Resource,
    context: WriteContext,
    amend: AmendStatus = () => {},
  ): Promise<Resource> {
    const atMs = this.#clock();
    const origin = { id: this.#newId(atMs), actor: context.actor, atMs };
    const stored = newResource(this.kind, sent, origin);
    amend(stored);
    const references = this.#check(stored);
    if (context.dryRun) return this.#dryRunOfCreate(stored);
    const { resource } = await this.#store.write("createResource", {
      ...creationOf(this.kind, { stored, references, atMs }),
      ...requestIdentity(this.kind, sent, context),
    });
    return fromRow(this.kind, resource);
  }

  async update(sent: Resource, context: WriteContext, amend?: AmendStatus): Promise<Resource> {
    return await this.#replace(this.#rowOf(sent), sent, context, amend);
  }

  /** Creates the resource, or updates the one with its slug. */
  async apply(sent: Resource, context: WriteContext, amend?: AmendStatus): Promise<Resource> {
    const current = this.named(sent);
    if (current) return await this.#replace(current, sent, context, amend);
    try {
      return await this.create(sent, context, amend);
    } catch (thrown) {
      // Somebody else applied it at the same time.
      const made = toStigmerError(thrown).code === "already-exists" && this.named(sent);
      if (made) return await this.#replace(made, sent, context, amend);
      throw thrown;
    }
  }

  async delete(name: string, context: WriteContext): Promise<Resource> {
    const row = resolveResource(this.#store.read, this.kind, name);
    this.#rules.refuseDelete?.(fromRow(this.kind, row), this.#store.read);
    const { read } = this.#store;
    if (context.dryRun) {
      if (!context.cascade) refuseReferred(read, row.id);
      return fromRow(this.kind, row);
    }
    await this.#store.write("deleteResource", {
      id: row.id,
      definitionKinds,
      ...(context.cascade ? { cascade: { delete: dependentsOf(read, row.id) } } : {}),
    });
    return fromRow(this.kind, row);
  }

  /** Again on what somebody else wrote meanwhile, where the status keeps what was there. */
  async #replace(
    row: ResourceRow,
    sent: Resource,
    context: WriteContext,
    amend?: AmendStatus,
  ): Promise<Resource> {
    const expected = sent.metadata?.resourceVersion ?? "";
    if (expected !== "" && expected !== String(row.resourceVersion)) throw this.#stale(row);
    for (let current = row, attempt = 1; ; attempt++) {
      const next = this.#nextOf(current, sent, { context, amend });
      if (!next || context.dryRun) return next?.stored ?? fromRow(this.kind, current);
      const isBound = expected !== "" || this.#rules.carryStatus !== undefined;
      try {
        return await this.#write(current, next, isBound ? current.resourceVersion : undefined);
      } catch (thrown) {
        const conflict = conflictOf(thrown);
        if (conflict?.kind !== "resource-changed") throw thrown;
        if (expected !== "" || attempt === maxAttempts) throw this.#stale(conflict.current);
        ({ current } = conflict);
      }
    }
  }

  /** What is to be written in the place of `row`; undefined when that would change nothing. */
  #nextOf(
    row: ResourceRow,
    sent: Resource,
    {
      context,
      amend,
    }: { readonly context: WriteContext; readonly amend?: AmendStatus | undefined },
  ): ResourceWrite | undefined {
    const current = fromRow(this.kind, row);
    const next = this.#inPlaceOf(row, sent);
    const isSame = isUnchanged(this.kind, current, next);
    if (isSame && !amend) return undefined;
    this.#rules.checkChange?.(next, current);
    const atMs = this.#clock();
    const stored = toStored(this.kind, next, auditNow(context.actor, atMs, current.status?.audit));
    this.#rules.carryStatus?.(stored, clone(this.kind.message, current) as Resource, atMs);
    amend?.(stored);
    if (isSame && isSameStatus(this.kind, current, stored)) return undefined;
    return { stored, references: this.#check(stored), atMs };
  }

  /** What was sent, under the names of what it replaces. */
  #inPlaceOf(row: ResourceRow, sent: Resource): Resource {
    refuseOrganisation(sent.metadata?.org ?? "");
    const next = clone(this.kind.message, sent) as Resource;
    const metadata = (next.metadata ??= create(ApiResourceMetadataSchema));
    if (metadata.slug !== "" && metadata.slug !== row.slug)
      throw slugNeverChanges(row, metadata.slug);
    metadata.id = row.id;
    metadata.slug = row.slug ?? row.id;
    metadata.name ||= row.name;
    this.#rules.complete?.(next);
    return next;
  }

  async #write(
    row: ResourceRow,
    next: ResourceWrite,
    expectedVersion: number | undefined,
  ): Promise<Resource> {
    const written = await this.#store.write("updateResource", {
      ...updateOf(this.kind, row, next),
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });
    return fromRow(this.kind, written);
  }

  #dryRunOfCreate(stored: Resource): Resource {
    const { slug = "", org = "" } = stored.metadata ?? {};
    const taken = this.#store.read.getBySlug(this.kind.number, org, slug);
    if (!taken) return stored;
    throw new StigmerError("already-exists", `slug ${slug} is taken by ${taken.id}`, {
      hint: "choose another name, or change the one that is there",
    });
  }

  #check(resource: Resource): ResourceRow[] {
    this.#rules.check?.(resource, this.#store.read);
    return resolveReferences(this.#store.read, referencesOfResource(this.kind, resource));
  }

  /** The resource that an update is about, by its id or else its slug. */
  #rowOf(sent: Resource): ResourceRow {
    const { id = "", slug = "", name = "" } = sent.metadata ?? {};
    const wanted = id || slug || name;
    if (wanted === "") throw namesNothing();
    return resolveResource(this.#store.read, this.kind, wanted);
  }

  /** The resource with the slug that an applied one has or would get. */
  named(sent: Resource): ResourceRow | undefined {
    const { id = "", slug = "", name = "", org = "" } = sent.metadata ?? {};
    const wanted = this.kind.info.generatedSlug ? slug || id : slug || slugOf(name);
    return this.#store.read.getBySlug(this.kind.number, org, wanted);
  }

  #stale(current: ResourceRow): StigmerError {
    const audit = fromRow(this.kind, current).status?.audit?.updated;
    const by = audit?.actor ?? "somebody";
    const at = new Date(current.updatedAt).toISOString();
    return new StigmerError(
      "conflict",
      `${current.slug ?? current.id} was changed by ${by} at ${at} (version ${current.resourceVersion})`,
      { hint: "read it again and repeat the change on what you find" },
    );
  }
}

function slugNeverChanges(row: ResourceRow, slug: string): StigmerError {
  return new StigmerError(
    "invalid-argument",
    `metadata.slug: "${row.slug}" cannot become "${slug}": slugs never change`,
    {
      hint: "create a resource with the new slug and delete this one",
      violations: [{ field: "metadata.slug", rule: "immutable", message: `is "${row.slug}"` }],
    },
  );
}

function namesNothing(): StigmerError {
  return new StigmerError("invalid-argument", "metadata: names no resource", {
    hint: "give metadata.id or metadata.slug",
    violations: [
      { field: "metadata.slug", rule: "required", message: "is empty, and so is the id" },
    ],
  });
}
