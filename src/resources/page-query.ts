import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ApiResourceListRequest } from "../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import type { ListQuery } from "../store/readers/resource-reader.ts";

const defaultPageSize = 50;

/** What a caller asks of a list, as the store is asked; without the kinds. */
export function pageQuery(request: ApiResourceListRequest): Omit<ListQuery, "kinds"> {
  const { createdAfter, createdBefore } = request;
  return {
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
  };
}
