import { messageOf, StigmerError } from "../../contract/errors.ts";

/**
 * Why a standard stream could not be written. Undefined for EPIPE: a reader that leaves early, such
 * as `head`, has what it wanted, and nothing failed.
 */
export function outputFailure(thrown: NodeJS.ErrnoException): StigmerError | undefined {
  if (thrown.code === "EPIPE") return undefined;
  return new StigmerError("data-loss", `The output cannot be written: ${messageOf(thrown)}.`, {
    hint: "what stdout leads to holds a part of the output at most",
    cause: thrown,
  });
}
