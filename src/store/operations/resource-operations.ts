import type { ResourceRow } from "../tables/resource-table.ts";
import { createResource, type CreatedResource, type NewResource } from "./create-resource.ts";
import { type DeletedResource, deleteResource, type ResourceDeletion } from "./delete-resource.ts";
import { type Declaration, declareResource } from "./declare-resource.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { type ResourceUpdate, updateResource } from "./update-resource.ts";

/** One change of a set that is made as a whole or not at all. */
export type ResourceChange =
  | { readonly change: "create"; readonly resource: NewResource }
  | { readonly change: "update"; readonly resource: ResourceUpdate }
  | { readonly change: "delete"; readonly resource: ResourceDeletion }
  | { readonly change: "declare"; readonly resource: Declaration };

export interface ResourceOperations {
  createResource: Operation<NewResource, CreatedResource>;
  updateResource: Operation<ResourceUpdate, ResourceRow>;
  deleteResource: Operation<ResourceDeletion, DeletedResource[]>;
  /** All changes in this order, or none; fails with the error of the first that cannot be made. */
  changeResources: Operation<readonly ResourceChange[], void>;
}

export const resourceOperations: OperationTable<ResourceOperations> = {
  createResource,
  updateResource,
  deleteResource,
  changeResources(tx, changes) {
    for (const change of changes) {
      if (change.change === "create") createResource(tx, change.resource);
      else if (change.change === "update") updateResource(tx, change.resource);
      else if (change.change === "declare") declareResource(tx, change.resource);
      else deleteResource(tx, change.resource);
    }
  },
};
