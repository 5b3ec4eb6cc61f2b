import type { Json } from "../../contract/json.ts";
import { pointerTo } from "../reading/finding.ts";
import type { Place } from "../reading/reading.ts";

/** Lists and maps inside one another: a task inside a task takes three. */
const maxDepth = 100;
/** Values of all kinds: what is read takes some hundred bytes for each. */
const maxValues = 200_000;

interface Nested {
  readonly value: Json;
  readonly pointer: string;
  readonly depth: number;
}

/** Refuses what would take more stack or memory than a definition is worth, before it is read. */
export function isTooLarge({ value, pointer, reading }: Place): boolean {
  const open: Nested[] = [{ value, pointer, depth: 0 }];
  let values = 0;
  for (let at = open.pop(); at; at = open.pop()) {
    if (at.depth > maxDepth) {
      reading.refuse(at, "limit", `is nested deeper than ${maxDepth} levels`);
      return true;
    }
    const members = membersOf(at.value);
    values += members.length;
    if (values > maxValues) {
      reading.refuse({ pointer }, "limit", `holds more than ${maxValues} values`);
      return true;
    }
    const { depth, pointer: parent } = at;
    for (const [name, member] of members) {
      if (typeof member !== "object" || member === null) continue;
      open.push({ value: member, pointer: pointerTo(parent, name), depth: depth + 1 });
    }
  }
  return false;
}

function membersOf(value: Json): (readonly [string, Json])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
