import { type FieldViolation, StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { nearestPosition } from "./nearest-position.ts";
import { inFileOrder } from "./in-file-order.ts";
import { versionsKey } from "./skill-versions-node.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";

const documentField = /^documents\[(?<index>\d+)\]\.\w+(?:\.(?<path>.+))?$/;
const versionField = /^skillVersions\[(?<index>\d+)\](?<path>.*)$/;

/** What the daemon refused of a set, with the places in the files that its sentences are about. */
export function locateViolations(
  thrown: unknown,
  documents: readonly ManifestDocument[],
): StigmerError {
  const error = toStigmerError(thrown);
  const files = documents.map(({ place }) => place.replace(/:\d+:\d+$/, ""));
  const located = inFileOrder(locatedProblems(error, documents), [...new Set(files)]);
  if (located.length === 0) return error;
  const { code, hint } = error;
  return manifestError(located, hint === undefined ? { code } : { code, hint });
}

/** A mistake that the daemon found in a document. */
export interface LocatedProblem extends ManifestProblem {
  readonly source: ManifestDocument;
}

/** What the daemon refused, in its order; what is about no document is left out. */
export function locatedProblems(
  { violations }: StigmerError,
  documents: readonly ManifestDocument[],
): LocatedProblem[] {
  return violations.flatMap((violation) => locate(violation, documents) ?? []);
}

/** {@link locateViolations} of a resource that was sent by itself. */
export function locateInDocument(thrown: unknown, document: ManifestDocument): StigmerError {
  const error = toStigmerError(thrown);
  const violations = error.violations.map((each) => ({
    ...each,
    field: `documents[0].resource.${each.field}`,
  }));
  if (violations.length === 0) return error;
  const { code, message, hint, cause } = error;
  const details = { violations, cause, ...(hint === undefined ? {} : { hint }) };
  return locateViolations(new StigmerError(code, message, details), [document]);
}

function locate(
  { field, rule, message }: FieldViolation,
  documents: readonly ManifestDocument[],
): LocatedProblem | undefined {
  const { document, path } = placeIn(field, documents) ?? versionPlaceIn(field, documents) ?? {};
  if (!document || path === undefined) return undefined;
  const spoken = message.replaceAll(
    /documents\[(\d+)\]/g,
    (text, other: string) => documents[Number(other)]?.place ?? text,
  );
  return {
    at: placeOf(path, rule, document),
    path,
    rule,
    message: spoken,
    document: document.place,
    source: document,
  };
}

/** A document, and the path of a value in it. */
interface DocumentPath {
  readonly document: ManifestDocument | undefined;
  readonly path: string;
}

function placeIn(field: string, documents: readonly ManifestDocument[]): DocumentPath | undefined {
  const { index, path = "" } = documentField.exec(field)?.groups ?? {};
  return index === undefined ? undefined : { document: documents[Number(index)], path };
}

/** Versions are sent as one list, those of each document behind those of the document before it. */
function versionPlaceIn(
  field: string,
  documents: readonly ManifestDocument[],
): DocumentPath | undefined {
  const { index, path = "" } = versionField.exec(field)?.groups ?? {};
  if (index === undefined) return undefined;
  let left = Number(index);
  for (const document of documents) {
    const { length } = document.versions ?? [];
    if (left < length) return { document, path: `${versionsKey}[${left}]${path}` };
    left -= length;
  }
  return undefined;
}

/** What is unknown is found at its key, anything else at its value. */
function placeOf(path: string, rule: string, { positions, keys, place }: ManifestDocument): string {
  const key = rule === "unknown-property" ? keys.get(path) : undefined;
  return key ?? nearestPosition(positions, path) ?? place;
}
