import { membersOf } from "../reading/map-readers.ts";
import { childOf, type Place } from "../reading/reading.ts";

/** The only entry of a map with one key, which is its name: how lists of the specification name items. */
export function singleEntry(
  place: Place,
  what: string,
): { readonly name: string; readonly place: Place } | undefined {
  const members = membersOf(place);
  if (!members) return undefined;
  const names = Object.keys(members);
  const [name] = names;
  if (name !== undefined && names.length === 1) {
    return { name, place: childOf(place, name, members[name] ?? null) };
  }
  const found = name === undefined ? "none" : names.join(", ");
  return place.reading.refuse(
    place,
    "single-key",
    `takes one key, the name of the ${what}, not ${found}`,
  );
}
