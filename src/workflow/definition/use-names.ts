import { membersIn } from "../reading/map-readers.ts";
import type { Json } from "../../contract/json.ts";
import { type Place, type Reader, type UseList, type UseNames } from "../reading/reading.ts";
import { nonEmptyText } from "../reading/value-readers.ts";

/** Reads only names; what is wrong with the rest is found when it is read. */
export function useNamesOf(document: Json): UseNames {
  const use = membersIn(membersIn(document)["use"]);
  const { secrets } = use;
  const namesIn = (list: UseList): ReadonlySet<string> =>
    new Set(Object.keys(membersIn(use[list])));
  return {
    of: {
      authentications: namesIn("authentications"),
      errors: namesIn("errors"),
      functions: namesIn("functions"),
      retries: namesIn("retries"),
      timeouts: namesIn("timeouts"),
    },
    secrets: new Set(
      Array.isArray(secrets) ? secrets.filter((name) => typeof name === "string") : [],
    ),
  };
}

/** The name of an entry of a list of `use`. */
export function useName(list: UseList): Reader<string> {
  return (place) => {
    const name = nonEmptyText(place);
    if (name === undefined || place.reading.useNames.of[list].has(name)) return name;
    return refuseName(place, name, { list: `use.${list}`, known: place.reading.useNames.of[list] });
  };
}

export function refuseName(
  place: Place,
  name: string,
  { list, known }: { readonly list: string; readonly known: ReadonlySet<string> },
): undefined {
  const nearest = place.reading.nearest(name, known);
  const hint = nearest === undefined ? `declare it in ${list}` : `did you mean "${nearest}"?`;
  return place.reading.refuse(place, "unknown-name", `"${name}" is not in ${list}; ${hint}`);
}
