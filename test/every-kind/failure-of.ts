import { StigmerError } from "../../src/contract/errors.ts";

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<StigmerError> {
  const outcome = await call.then(
    () => new Error("the call succeeded"),
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof StigmerError) return outcome;
  throw outcome;
}
