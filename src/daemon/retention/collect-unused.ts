import { setTimeout as pause } from "node:timers/promises";
import { requestMemoryMs } from "../../store/operations/create-resource.ts";
import type { Store } from "../../store/store.ts";
import type { CollectionOptions } from "./collect-history.ts";

const pageSize = 500;
const shortestPauseMs = 5;

/** An upload has this long until something has to refer to it. */
const artifactGraceMs = 24 * 60 * 60 * 1000;

/** Whoever has read a revision has this long to pin it. */
const revisionGraceMs = 60_000;

/** A revision is removed at the next round when there are more. */
const mostRevisions = 10_000;

/** Removes what nothing refers to any more: revisions, artifacts, request ids of yesterday. */
export async function collectUnused(
  options: CollectionOptions,
  graceMs = revisionGraceMs,
): Promise<void> {
  await forgetRequests(options);
  await collectArtifacts(options);
  await collectRevisions(options, graceMs);
}

async function forgetRequests({ store, clock, signal }: CollectionOptions): Promise<void> {
  const before = clock() - requestMemoryMs;
  for (let found = pageSize; found === pageSize && !signal.aborted;) {
    // oxlint-disable-next-line no-await-in-loop -- one short transaction after the other
    found = await store.write("forgetRequests", { before, limit: pageSize });
    // oxlint-disable-next-line no-await-in-loop -- see above
    await pause(shortestPauseMs);
  }
}

/** Removes events that are older than this; 0 keeps all. */
export async function collectEvents(
  { store, clock, signal }: CollectionOptions,
  maxAgeMs: number,
): Promise<void> {
  if (maxAgeMs === 0) return;
  const before = clock() - maxAgeMs;
  for (let found = pageSize; found === pageSize && !signal.aborted;) {
    // oxlint-disable-next-line no-await-in-loop -- one short transaction after the other
    found = await store.write("forgetEvents", { before, limit: pageSize });
    // oxlint-disable-next-line no-await-in-loop -- see above
    await pause(shortestPauseMs);
  }
}

async function collectArtifacts({ store, log, clock, signal }: CollectionOptions): Promise<void> {
  const swept = await store.artifacts.sweep({ before: clock() - artifactGraceMs, signal });
  if (swept.artifacts + swept.files > 0) log.info("artifacts collected", { ...swept });
}

async function collectRevisions(
  { store, log, signal }: CollectionOptions,
  graceMs: number,
): Promise<void> {
  const unused = await unusedRevisions(store, signal);
  if (unused.length === 0) return;
  await pause(graceMs, undefined, { signal }).catch(() => undefined);
  let revisions = 0;
  while (unused.length > 0 && !signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one short transaction after the other
    revisions += await store.write("collectRevisions", unused.splice(0, pageSize));
    // oxlint-disable-next-line no-await-in-loop -- see above
    await pause(shortestPauseMs);
  }
  if (revisions > 0) log.info("revisions collected", { revisions });
}

async function unusedRevisions(store: Store, signal: AbortSignal): Promise<string[]> {
  const unused: string[] = [];
  let after = "";
  while (!signal.aborted && unused.length < mostRevisions) {
    const page = store.read.revisionUse(after, pageSize);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.hash;
    unused.push(...page.flatMap(({ hash, isUsed }) => (isUsed ? [] : [hash])));
    // oxlint-disable-next-line no-await-in-loop -- lets others work between two pages
    await new Promise(setImmediate);
  }
  return unused;
}
