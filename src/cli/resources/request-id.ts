import { metadataKeys } from "../../contract/metadata-keys.ts";

/** Metadata that makes a `create` one resource however often this command sends it. */
export function newRequestId(): Record<string, string> {
  return { [metadataKeys.requestId]: crypto.randomUUID() };
}
