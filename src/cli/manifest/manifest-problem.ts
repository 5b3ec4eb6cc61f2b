import { type ErrorCode, type FieldViolation, StigmerError } from "../../contract/errors.ts";

/** A mistake in a file: `at` is `FILE:LINE:COLUMN`, `path` the field, empty for none. */
export interface ManifestProblem {
  readonly at: string;
  readonly path: string;
  readonly rule: string;
  readonly message: string;
  /** Where the document starts that it is about; absent when it is about none. */
  readonly document?: string;
}

/** How many mistakes are listed; the others are counted. */
const listed = 50;

/** All mistakes as one error, each as `FILE:LINE:COLUMN: field.path: what`. */
export function manifestError(
  problems: readonly ManifestProblem[],
  { code = "invalid-argument", hint }: { readonly code?: ErrorCode; readonly hint?: string } = {},
): StigmerError {
  const violations = problems.slice(0, listed).map(violationOf);
  const [first] = violations;
  const summary =
    problems.length === 1 && first
      ? `${first.field}: ${first.message}`
      : `${problems.length} mistakes, so nothing was changed`;
  return new StigmerError(code, summary, { violations, ...(hint === undefined ? {} : { hint }) });
}

function violationOf({ at, path, rule, message }: ManifestProblem): FieldViolation {
  return { field: path === "" ? at : `${at}: ${path}`, rule, message };
}
