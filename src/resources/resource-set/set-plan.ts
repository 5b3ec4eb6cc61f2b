import type { NewRevision } from "../../store/operations/stored-resource.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import type { Resource } from "../resource.ts";
import type { SetMember } from "./set-member.ts";

/** What becomes of one document. */
export interface PlannedMember {
  readonly member: SetMember;
  /** What is stored. Undefined: the resource will be created. */
  readonly row: ResourceRow | undefined;
  readonly current: Resource | undefined;
  /** What will be stored. */
  readonly next: Resource;
  readonly isChanged: boolean;
  readonly references: readonly ResourceRow[];
  /** What it was before, where the set says that too. */
  readonly earlier?: readonly NewRevision[];
}

export interface SetPlan {
  /** In the order of the documents. */
  readonly members: readonly PlannedMember[];
  /** Numbers of members: what others refer to comes first. */
  readonly order: readonly number[];
  /** To delete: what refers to others comes first. */
  readonly pruned: readonly ResourceRow[];
}
