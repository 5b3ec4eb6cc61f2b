import { combinedEnd } from "./release.ts";

/**
 * Works through items, so many at a time; results in the order of the items. When one throws, the
 * others that run settle first: none may go on after the code above does.
 */
export async function runParallel<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T, index);
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, worker);
  const ended = await Promise.allSettled(workers);
  const ends = ended.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (ends.length > 0) throw combinedEnd(ends);
  return results;
}
