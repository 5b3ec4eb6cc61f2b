import { fstatSync } from "node:fs";
import { hasPendingInput } from "../../system/pending-input.ts";

/**
 * Whether stdin is a pipe in which data already waits. Reads nothing, because the data may be meant
 * for the next command of a script, and never waits.
 */
export function hasUnaskedInput(): boolean {
  return isPipe(0) && hasPendingInput(0);
}

function isPipe(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFIFO();
  } catch {
    return false; // stdin is closed.
  }
}
