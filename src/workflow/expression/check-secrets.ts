import { variableUses } from "../../jq/syntax/variable-uses.ts";
import type { Place } from "../reading/reading.ts";

/** `$secret` is what another engine calls them. */
const names: ReadonlySet<string> = new Set(["secrets", "secret"]);

const allowed = "the parameters of calls and processes, and authentications";

/**
 * Whether an expression uses secrets only where a run records nothing of them, and only those that
 * the document declares. Refuses it otherwise. The expression has been parsed before.
 */
export function secretsAreAllowed(source: string, place: Place): boolean {
  if (!source.includes("$secret")) return true;
  const uses = variableUses(source).filter(({ name }) => names.has(name));
  if (uses.length === 0) return true;
  if (!place.usesSecrets) {
    const message = `$secrets may be used only in ${allowed}: what is computed here is recorded`;
    place.reading.refuse(place, "secret", message);
    return false;
  }
  const known = place.reading.useNames.secrets;
  const undeclared = uses.flatMap(({ member }) =>
    member === undefined || known.has(member) ? [] : [member],
  );
  for (const name of new Set(undeclared)) refuseUndeclared(name, known, place);
  return undeclared.length === 0;
}

function refuseUndeclared(name: string, known: ReadonlySet<string>, place: Place): void {
  const nearest = place.reading.nearest(name, known);
  const hint = nearest === undefined ? "declare it in use.secrets" : `did you mean "${nearest}"?`;
  place.reading.refuse(place, "unknown-name", `"${name}" is not in use.secrets; ${hint}`);
}
