import { toBinary } from "@bufbuild/protobuf";
import type { Kind } from "../contract/kinds.ts";
import type { RequestIdentity } from "../store/operations/create-resource.ts";
import type { Resource } from "./resource.ts";

/** What makes a retried create one resource: nothing for a call without a request id. */
export function requestIdentity(
  kind: Kind,
  sent: Resource,
  { requestId }: { readonly requestId?: string },
): { readonly request?: RequestIdentity } {
  if (requestId === undefined) return {};
  const fingerprint = new Bun.CryptoHasher("sha256")
    .update(toBinary(kind.message, sent))
    .digest("hex");
  return { request: { requestId, method: kind.command.typeName, fingerprint } };
}
