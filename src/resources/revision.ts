import { type DescMessage, type Message, toJson } from "@bufbuild/protobuf";
import type { Json } from "../contract/json.ts";

/** SHA-256 of the canonical JSON of a spec: equal content has an equal hash, whatever wrote it. */
export function revisionHash(schema: DescMessage, spec: Message): string {
  return new Bun.CryptoHasher("sha256").update(canonicalJson(toJson(schema, spec))).digest("hex");
}

/** JSON without spaces and with sorted keys (the ordering of RFC 8785). */
function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
