import { clone, create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import type { ApiResourceListRequest } from "../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { Kind } from "../contract/kinds.ts";
import { conflictOf } from "../store/conflict.ts";
import type { ResourceFilter } from "../store/readers/resource-filter.ts";
import type { Store } from "../store/store.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import { type KindRules, referencesOfResource } from "./kind-rules.ts";
import { idsOf } from "./ids-of.ts";
import { newResource } from "./new-resource.ts";
import { resolveReferences, resolveResource } from "./references.ts";
import { definitionKinds, dependentsOf, refuseReferred } from "./referrers.ts";
import { refuseOrganisation } from "./refuse-organisation.ts";
import { requestIdentity } from "./request-identity.ts";
import type { Resource } from "./resource.ts";
import { creationOf, isUnchanged, updateOf } from "./resource-writes.ts";
import { slugOf } from "./slug.ts";
import { auditNow, fromCheckedRow, fromRow, toStored } from "./stored-resource.ts";

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
}

export interface ResourcePage {
  readonly items: Resource[];
  readonly nextPageToken: string;
}

const defaultPageSize = 50;

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

  get(id: string): Resource {
    return fromRow(this.kind, resolveResource(this.#store.read, this.kind, id));
  }

  list(request: ApiResourceListRequest, filter: Partial<ResourceFilter> = {}): ResourcePage {
    const { createdAfter, createdBefore } = request;
    const page = this.#store.read.list({
      kinds: [this.kind.number],
      org: request.org,
      labelSelector: request.labelSelector,
      pageSize: request.pageSize === 0 ? defaultPageSize : request.pageSize,
      ...(request.pageToken === "" ? {} : { cursor: request.pageToken }),
      // The request includes its own time, the store does not.
      ...(createdAfter === undefined
        ? {}
        : { createdAfter: timestampDate(createdAfter).getTime() - 1 }),
      ...(createdBefore === undefined
        ? {}
        : { createdBefore: timestampDate(createdBefore).getTime() }),
      ...filter,
    });
    return {
      items: page.items.map((item) => fromCheckedRow(this.kind, item)),
      nextPageToken: page.nextCursor ?? "",
    };
  }

  async create(sent: Resource, context: WriteContext): Promise<Resource> {
    const atMs = this.#clock();
    const origin = { id: this.#newId(atMs), actor: context.actor, atMs };
    const stored = newResource(this.kind, sent, origin);
    const references = this.#check(stored);
    if (context.dryRun) return this.#dryRunOfCreate(stored);
    const { resource } = await this.#store.write("createResource", {
      ...creationOf(this.kind, { stored, references, atMs }),
      ...requestIdentity(this.kind, sent, context),
    });
    return fromRow(this.kind, resource);
  }

  async update(sent: Resource, context: WriteContext): Promise<Resource> {
    return await this.#replace(this.#rowOf(sent), sent, context);
  }

  /** Creates the resource, or updates the one with its slug. */
  async apply(sent: Resource, context: WriteContext): Promise<Resource> {
    const current = this.#named(sent);
    if (current) return await this.#replace(current, sent, context);
    try {
      return await this.create(sent, context);
    } catch (thrown) {
      // Somebody else applied it at the same time.
      const made = toStigmerError(thrown).code === "already-exists" && this.#named(sent);
      if (made) return await this.#replace(made, sent, context);
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

  async #replace(row: ResourceRow, sent: Resource, context: WriteContext): Promise<Resource> {
    const current = fromRow(this.kind, row);
    refuseOrganisation(sent.metadata?.org ?? "");
    const next = clone(this.kind.message, sent) as Resource;
    const metadata = (next.metadata ??= create(ApiResourceMetadataSchema));
    const expectedVersion = metadata.resourceVersion;
    if (metadata.slug !== "" && metadata.slug !== row.slug)
      throw slugNeverChanges(row, metadata.slug);
    if (expectedVersion !== "" && expectedVersion !== String(row.resourceVersion))
      throw this.#stale(row);
    metadata.id = row.id;
    metadata.slug = row.slug ?? row.id;
    metadata.name ||= row.name;
    if (isUnchanged(this.kind, current, next)) return current;
    const audit = auditNow(context.actor, this.#clock(), current.status?.audit);
    const stored = toStored(this.kind, next, audit);
    const references = this.#check(stored);
    if (context.dryRun) return stored;
    return await this.#write(
      row,
      stored,
      references,
      expectedVersion === "" ? undefined : row.resourceVersion,
    );
  }

  async #write(
    row: ResourceRow,
    stored: Resource,
    references: readonly ResourceRow[],
    expectedVersion: number | undefined,
  ): Promise<Resource> {
    try {
      const written = await this.#store.write("updateResource", {
        ...updateOf(this.kind, row, { stored, references, atMs: this.#clock() }),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      });
      return fromRow(this.kind, written);
    } catch (thrown) {
      const conflict = conflictOf(thrown);
      throw conflict?.kind === "resource-changed" ? this.#stale(conflict.current) : thrown;
    }
  }

  #dryRunOfCreate(stored: Resource): Resource {
    const { slug = "", org = "" } = stored.metadata ?? {};
    const taken = this.#store.read.getBySlug(this.kind.number, org, slug);
    if (!taken) return stored;
    throw new StigmerError("already-exists", `slug ${slug} is taken by ${taken.id}`, {
      hint: "choose another slug, or apply or update the existing resource",
    });
  }

  #check(resource: Resource): ResourceRow[] {
    this.#rules.check?.(resource);
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
  #named(sent: Resource): ResourceRow | undefined {
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
