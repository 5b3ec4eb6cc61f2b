import { StigmerError } from "../contract/errors.ts";

/** A local daemon has no organisations: what were kept under one could not be found by its slug. */
export function refuseOrganisation(org: string): void {
  if (org === "") return;
  const message = `is "${org}", and a local daemon has no organisations`;
  throw new StigmerError("invalid-argument", `metadata.org: ${message}`, {
    hint: "leave metadata.org empty",
    violations: [{ field: "metadata.org", rule: "local", message }],
  });
}
