import type { Connection, SqlValue } from "../connection.ts";
import { type LabelRequirement, parseLabelSelector } from "../label-selector.ts";
import type { ResourceFilter } from "./resource-filter.ts";

/** Where a list reads its rows, so that it costs as much as its page and not as all there is. */
export interface ListSource {
  readonly from: string;
  /** Conditions on `resource`: each part is read by itself, in the order of an index, up to a page. */
  readonly parts: readonly string[];
  readonly parameters: Readonly<Record<string, SqlValue>>;
}

/** A label of so few is read as a whole and sorted; one of more is soon met in the order of the list. */
export const fewLabelled = 5_000;

/** More phases than there are: they are a condition then. */
const mostParts = 16;

export function listSource(db: Connection, filter: ResourceFilter): ListSource {
  const phases = readPhases(filter);
  const parts = partsOf(filter, phases);
  const ofPhases = phases?.map((phase, index) => [`phase${index}`, phase] as const) ?? [];
  const parameters = { ...kindParameters(filter), ...Object.fromEntries(ofPhases) };
  const label = parseLabelSelector(filter.labelSelector ?? "").find((each) => isRare(db, each));
  if (label?.kind !== "equals") return { from: "resource", parts, parameters };
  return {
    // A cross join keeps this order.
    from: `label as rare cross join resource on resource.id = rare.resource_id
      and rare.key = $rareKey and rare.value = $rareValue`,
    parts,
    parameters: { ...parameters, rareKey: label.key, rareValue: label.value },
  };
}

export function kindParameters({ kinds }: ResourceFilter): Record<string, number> {
  return Object.fromEntries(kinds.map((kind, index) => [`kind${index}`, kind]));
}

/** One for each kind, and for each phase of it. */
function partsOf({ kinds }: ResourceFilter, phases: readonly number[] | undefined): string[] {
  const ofKinds = kinds.map((_, index) => `resource.kind = $kind${index}`);
  if (phases === undefined) return ofKinds;
  return ofKinds.flatMap((ofKind) =>
    phases.map((_, index) => `${ofKind} and resource.phase = $phase${index}`),
  );
}

/** The phases to read one by one; what belongs to one resource is read in an index of its own. */
function readPhases({ phases, parentId }: ResourceFilter): number[] | undefined {
  if (phases === undefined || parentId !== undefined) return undefined;
  const distinct = [...new Set(phases)];
  return distinct.length > mostParts ? undefined : distinct;
}

function isRare(db: Connection, requirement: LabelRequirement): boolean {
  if (requirement.kind !== "equals") return false;
  const { key, value } = requirement;
  const found = db.get<{ count: number }>(
    `select count(*) as count from (
       select 1 from label where key = $key and value = $value limit $limit)`,
    { key, value, limit: fewLabelled + 1 },
  );
  return (found?.count ?? 0) <= fewLabelled;
}
