import { isJsonMap, type Json } from "../../contract/json.ts";

/** The part of a value that something expected speaks of: of maps, only the members that it names. */
export function spokenOf(expected: Json, actual: Json): Json {
  if (isJsonMap(expected) && isJsonMap(actual)) {
    return Object.fromEntries(
      Object.entries(expected).flatMap(([name, wanted]) => {
        const found = Object.hasOwn(actual, name) ? actual[name] : undefined;
        return found === undefined ? [] : [[name, spokenOf(wanted, found)] as const];
      }),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map((item: Json, index) => {
      const wanted = expected[index] as Json | undefined;
      return wanted === undefined ? item : spokenOf(wanted, item);
    });
  }
  return actual;
}

/** Whether it is the same JSON; the order of members does not count. */
export function isSame(one: Json, other: Json): boolean {
  return Bun.deepEquals(one, other);
}
