import { create } from "@bufbuild/protobuf";
import { toStigmerError } from "../contract/errors.ts";
import {
  type ApiResourceListRequest,
  ApiResourceListRequestSchema,
} from "../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf, kindOfId } from "../contract/kinds.ts";
import type { ResourceFilter } from "../store/readers/resource-filter.ts";
import type { StoreReader } from "../store/store.ts";
import { executionKinds } from "./execution-kinds.ts";
import { pageQuery } from "./page-query.ts";
import { resolveResource } from "./references.ts";
import type { Resource } from "./resource.ts";
import { fromCheckedRow, fromRow } from "./stored-resource.ts";

/** An execution of one of the kinds. */
export interface AnyExecution {
  readonly kind: ApiResourceKind;
  readonly execution: Resource;
}

export interface AnyExecutionPage {
  readonly items: AnyExecution[];
  readonly nextPageToken: string;
}

const newest = "@last";

/** Executions of every kind, newest first. */
export function listExecutions(
  read: StoreReader,
  request: ApiResourceListRequest = create(ApiResourceListRequestSchema),
  filter: Partial<ResourceFilter> = {},
): AnyExecutionPage {
  const page = read.list({ kinds: [...executionKinds], ...pageQuery(request), ...filter });
  return {
    items: page.items.map((item) => {
      const kind = kindOfExecution(item.kind === "intact" ? item.row.id : item.id);
      return { kind, execution: fromCheckedRow(kindOf(kind), item) };
    }),
    nextPageToken: page.nextCursor ?? "",
  };
}

/** The execution that an id, a name or `@last` stands for. Throws `not-found`. */
export function findExecution(read: StoreReader, name: string): AnyExecution {
  const [last] =
    name === newest ? read.list({ kinds: [...executionKinds], pageSize: 1 }).items : [];
  if (last?.kind === "corrupt") throw last.error;
  const wanted = last?.row.id ?? name;
  const kind = kindOfExecution(wanted);
  try {
    return { kind, execution: fromRow(kindOf(kind), resolveResource(read, kindOf(kind), wanted)) };
  } catch (thrown) {
    const other = ApiResourceKind.WORKFLOW_EXECUTION;
    const isName = kindOfId(wanted) === undefined;
    if (!isName || toStigmerError(thrown).code !== "not-found") throw thrown;
    return { kind: other, execution: fromRow(kindOf(other), byName(read, wanted, thrown)) };
  }
}

/** Nobody knows which kind was meant: when there is none at all, the first error says so. */
function byName(read: StoreReader, name: string, first: unknown) {
  try {
    return resolveResource(read, kindOf(ApiResourceKind.WORKFLOW_EXECUTION), name);
  } catch (thrown) {
    throw toStigmerError(thrown).code === "not-found" ? first : thrown;
  }
}

/** What is no id of an execution is taken for the name of one of an agent. */
function kindOfExecution(id: string): ApiResourceKind {
  const number = kindOfId(id)?.number;
  return number !== undefined && executionKinds.has(number)
    ? number
    : ApiResourceKind.AGENT_EXECUTION;
}
