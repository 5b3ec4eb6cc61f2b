import { type FieldViolation, type StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";

const documentField = /^documents\[(?<index>\d+)\]\.\w+(?:\.(?<path>.+))?$/;
const lastStep = /(?:\.[^.[\]]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])$/;

/** What the daemon refused of a set, with the places in the files that its sentences are about. */
export function locateViolations(
  thrown: unknown,
  documents: readonly ManifestDocument[],
): StigmerError {
  const error = toStigmerError(thrown);
  const located = error.violations.flatMap((violation) => locate(violation, documents) ?? []);
  if (located.length === 0) return error;
  const { code, hint } = error;
  return manifestError(located, hint === undefined ? { code } : { code, hint });
}

function locate(
  { field, rule, message }: FieldViolation,
  documents: readonly ManifestDocument[],
): ManifestProblem | undefined {
  const { index, path = "" } = documentField.exec(field)?.groups ?? {};
  const document = documents[Number(index)];
  if (index === undefined || !document) return undefined;
  const spoken = message.replaceAll(
    /documents\[(\d+)\]/g,
    (text, other: string) => documents[Number(other)]?.place ?? text,
  );
  return { at: placeOf(document, path), path, rule, message: spoken };
}

/** Where the value stands, or the nearest one around it that is written. */
function placeOf({ positions, place }: ManifestDocument, path: string): string {
  for (let at = path; at !== ""; at = at.replace(lastStep, "")) {
    const found = positions.get(at);
    if (found !== undefined) return found;
    if (!lastStep.test(at)) break;
  }
  return place;
}
