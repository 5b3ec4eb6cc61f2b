import { type FieldViolation, type StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { nearestPosition } from "./nearest-position.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";

const documentField = /^documents\[(?<index>\d+)\]\.\w+(?:\.(?<path>.+))?$/;

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
  return {
    at: nearestPosition(document.positions, path) ?? document.place,
    path,
    rule,
    message: spoken,
  };
}
