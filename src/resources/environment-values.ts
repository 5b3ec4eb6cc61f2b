import { fromBinary } from "@bufbuild/protobuf";
import { EnvironmentSchema } from "../contract/gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import type { StoreReader } from "../store/store.ts";
import { resolveResource } from "./references.ts";

const kind = kindOf(ApiResourceKind.ENVIRONMENT);

/** The values of environments by variable, merged in their order: the last one wins. Read at use. */
export function environmentValues(
  read: StoreReader,
  names: readonly string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const { spec } = fromBinary(EnvironmentSchema, resolveResource(read, kind, name).body);
    for (const [variable, { value }] of Object.entries(spec?.data ?? {})) values[variable] = value;
  }
  return values;
}
