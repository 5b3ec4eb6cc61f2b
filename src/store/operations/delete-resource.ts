import { callerWords } from "../../contract/caller-words.ts";
import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import type { Transaction } from "../transaction.ts";
import { storedResource } from "./stored-resource.ts";
import { refuseStale, type ResourceUpdate, updateResource } from "./update-resource.ts";

export interface ResourceDeletion {
  readonly id: string;
  readonly expectedVersion?: number;
  /** Kinds whose references keep a resource alive; history (executions) is not among them. */
  readonly definitionKinds: readonly number[];
  /** Done first, in the same transaction: what else to delete, and what to rewrite without the reference. */
  readonly cascade?: {
    readonly delete?: readonly string[];
    readonly update?: readonly ResourceUpdate[];
  };
}

export interface DeletedResource {
  readonly kind: number;
  readonly id: string;
}

/**
 * Deletes a resource and everything that belongs to it (a session's executions, an execution's
 * journal, messages and signals). A damaged row can be deleted too. Returns all that is gone; throws
 * `not-found`, `conflict`, or `failed-precondition` naming the definitions that refer to it.
 */
export function deleteResource(tx: Transaction, deletion: ResourceDeletion): DeletedResource[] {
  for (const update of deletion.cascade?.update ?? []) updateResource(tx, update);
  if (deletion.expectedVersion !== undefined) {
    refuseStale(storedResource(tx.db, deletion.id), deletion.expectedVersion);
  }
  const roots = [deletion.id, ...(deletion.cascade?.delete ?? [])];
  const doomed = withChildren(tx.db, roots);
  if (!doomed.some(({ id }) => id === deletion.id)) {
    throw new StigmerError("not-found", `no resource ${deletion.id}`);
  }
  refuseReferred(tx.db, doomed, deletion);
  for (const id of roots) tx.db.run("delete from resource where id = $id", { id });
  for (const gone of doomed) tx.changed({ ...gone, effect: "deleted" });
  return doomed;
}

function withChildren(db: Connection, roots: readonly string[]): DeletedResource[] {
  return db.all<DeletedResource>(
    `with recursive doomed (id, kind) as (
       select id, kind from resource where id in (select value from json_each($roots))
       union
       select child.id, child.kind from resource child join doomed on child.parent_id = doomed.id
     ) select id, kind from doomed`,
    { roots: JSON.stringify(roots) },
  );
}

function refuseReferred(
  db: Connection,
  doomed: readonly DeletedResource[],
  { id, definitionKinds }: ResourceDeletion,
): void {
  const referrers = db.all<{ id: string; label: string }>(
    `select distinct r.id, coalesce(r.slug, r.name) as label
       from reference ref join resource r on r.id = ref.from_id
      where ref.to_id in (select value from json_each($doomed))
        and ref.from_id not in (select value from json_each($doomed))
        and r.kind in (select value from json_each($kinds))
      order by r.id limit 10`,
    {
      doomed: JSON.stringify(doomed.map((gone) => gone.id)),
      kinds: JSON.stringify(definitionKinds),
    },
  );
  if (referrers.length === 0) return;
  const names = referrers.map((referrer) => `${referrer.label} (${referrer.id})`).join(", ");
  throw new StigmerError("failed-precondition", `${id} is referred to by ${names}`, {
    hint: `remove these references first, or delete what refers to it, too: ${callerWords.cascade}`,
  });
}
