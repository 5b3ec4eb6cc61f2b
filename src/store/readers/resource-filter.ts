import type { SqlValue } from "../connection.ts";
import { labelCondition, parseLabelSelector, type SqlCondition } from "../label-selector.ts";
import { decodeCursor } from "../page-cursor.ts";

/** Which resources; every part that is given must hold. */
export interface ResourceFilter {
  readonly kinds: readonly number[];
  readonly org?: string;
  /** `k=v,k2!=v,k3,!k4` */
  readonly labelSelector?: string;
  readonly phases?: readonly number[];
  readonly parentId?: string;
  /** Exclusive, milliseconds. */
  readonly createdAfter?: number;
  /** Exclusive, milliseconds. */
  readonly createdBefore?: number;
}

/** The filter without its kinds as one condition on `resource`. Throws `invalid-argument`. */
export function filterCondition(filter: ResourceFilter, cursor?: string): SqlCondition {
  const labels = parseLabelSelector(filter.labelSelector ?? "").map(labelCondition);
  const conditions = [...columnConditions(filter), ...positionConditions(cursor), ...labels];
  return {
    sql: conditions.map(({ sql }) => `and ${sql}`).join(" "),
    parameters: Object.assign({}, ...conditions.map(({ parameters }) => parameters)),
  };
}

function columnConditions(filter: ResourceFilter): SqlCondition[] {
  const { org, phases, parentId, createdAfter, createdBefore } = filter;
  return [
    ...condition("resource.org = $org", "org", org),
    ...condition("resource.parent_id = $parentId", "parentId", parentId),
    ...condition("resource.created_at > $createdAfter", "createdAfter", createdAfter),
    ...condition("resource.created_at < $createdBefore", "createdBefore", createdBefore),
    ...condition(
      "resource.phase in (select value from json_each($phases))",
      "phases",
      phases && JSON.stringify(phases),
    ),
  ];
}

function positionConditions(cursor: string | undefined): SqlCondition[] {
  if (cursor === undefined) return [];
  const { createdAt, id } = decodeCursor(cursor);
  return [
    {
      sql: "(resource.created_at, resource.id) < ($cursorCreatedAt, $cursorId)",
      parameters: { cursorCreatedAt: createdAt, cursorId: id },
    },
  ];
}

function condition(sql: string, name: string, value: SqlValue | undefined): SqlCondition[] {
  return value === undefined ? [] : [{ sql, parameters: { [name]: value } }];
}
