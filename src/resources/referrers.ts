import { callerWords } from "../contract/caller-words.ts";
import { StigmerError } from "../contract/errors.ts";
import { kinds } from "../contract/kinds.ts";
import type { Referrer } from "../store/readers/resource-reader.ts";
import type { StoreReader } from "../store/store.ts";

/** What these refer to cannot be deleted under them; history (executions, sessions) is not among them. */
export const definitionKinds: readonly number[] = kinds
  .filter(({ info }) => info.definition)
  .map(({ number }) => number);

/** Refuses as the delete itself would. Throws `failed-precondition` naming the definitions. */
export function refuseReferred(read: StoreReader, id: string): void {
  const referrers = definitionsReferringTo(read, id);
  if (referrers.length === 0) return;
  const names = referrers.map((found) => `${found.slug ?? found.name} (${found.id})`).join(", ");
  throw new StigmerError("failed-precondition", `${id} is referred to by ${names}`, {
    hint: `remove these references first, or delete what refers to it, too: ${callerWords.cascade}`,
  });
}

/** Ids of the definitions that refer to a resource, and of those that refer to them. */
export function dependentsOf(read: StoreReader, id: string, seen = new Set<string>()): string[] {
  for (const referrer of definitionsReferringTo(read, id)) {
    if (seen.has(referrer.id)) continue;
    seen.add(referrer.id);
    dependentsOf(read, referrer.id, seen);
  }
  return [...seen];
}

function definitionsReferringTo(read: StoreReader, id: string): Referrer[] {
  return read.referrers(id).filter(({ kind }) => definitionKinds.includes(kind));
}
