import { StigmerError } from "../../contract/errors.ts";

/** What a folder or an archive has that a skill cannot have. */
export function skillProblem(place: string, what: string, hint?: string): StigmerError {
  return new StigmerError(
    "invalid-argument",
    `${place}: ${what}.`,
    hint === undefined ? {} : { hint },
  );
}
