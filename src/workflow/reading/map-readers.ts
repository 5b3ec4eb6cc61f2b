import { isJsonMap, type Json, type JsonMap } from "../../contract/json.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { childOf, type Place, type Reader, valueText } from "./reading.ts";

/** A property of a map. */
export interface Property<T> {
  readonly reader: Reader<T>;
  readonly isRequired: boolean;
}

type Properties = Readonly<Record<string, Property<unknown>>>;

/** What a map with these properties is read as; a property that is absent is `undefined`. */
export type PropertiesOf<P extends Properties> = {
  readonly [Name in keyof P]: P[Name] extends Property<infer T> ? T : never;
};

export function required<T>(reader: Reader<T>): Property<T> {
  return { reader, isRequired: true };
}

export function optional<T>(reader: Reader<T>): Property<T | undefined> {
  return { reader, isRequired: false };
}

/** What people write by mistake → what it is called here. */
type Misnomers = Readonly<Record<string, string>>;

/** A map with exactly these properties. */
export function mapOf<P extends Properties>(
  properties: P,
  misnomers: Misnomers = {},
): Reader<PropertiesOf<P>> {
  return (place) => {
    const members = membersOf(place);
    if (!members) return undefined;
    const known = Object.keys(properties);
    for (const name of Object.keys(members)) {
      if (!Object.hasOwn(properties, name)) refuseUnknown(place, name, { known, misnomers });
    }
    return readProperties(place, members, properties);
  };
}

function readProperties<P extends Properties>(
  place: Place,
  members: JsonMap,
  properties: P,
): PropertiesOf<P> | undefined {
  let isWhole = true;
  const read: Record<string, unknown> = {};
  for (const [name, { reader, isRequired }] of Object.entries(properties)) {
    const value = ownMember(members, name);
    if (value === undefined) {
      if (isRequired) isWhole = refuseMissing(place, name);
      continue;
    }
    read[name] = reader(childOf(place, name, value));
    if (read[name] === undefined) isWhole = false;
  }
  return isWhole ? (read as PropertiesOf<P>) : undefined;
}

/** A map of names to values of one kind, in its order. */
export function mapOfAll<T>(reader: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return (place) => {
    const members = membersOf(place);
    if (!members) return undefined;
    const read = Object.entries(members).map(
      ([name, value]) => [name, reader(childOf(place, name, value))] as const,
    );
    const whole = read.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return whole.length === read.length ? new Map(whole) : undefined;
  };
}

/** Readers of the variants of a map that has exactly one of these properties. */
type Variants = Readonly<Record<string, Reader<unknown>>>;

type VariantOf<V extends Variants> = {
  [Name in keyof V]: {
    readonly kind: Name;
    readonly value: V[Name] extends Reader<infer T> ? T : never;
  };
}[keyof V];

/** A map with exactly one property, which says what it is: `{cron: …}` or `{every: …}`. */
export function oneOfProperties<V extends Variants>(variants: V): Reader<VariantOf<V>> {
  return (place) => {
    const members = membersOf(place);
    if (!members) return undefined;
    const known = Object.keys(variants);
    const [name, ...others] = Object.keys(members);
    if (name === undefined || others.length > 0) {
      const found = name === undefined ? "none" : Object.keys(members).join(", ");
      return place.reading.refuse(
        place,
        "one-of",
        `takes one of ${known.join(", ")}, not ${found}`,
      );
    }
    const reader = Object.hasOwn(variants, name) ? variants[name] : undefined;
    if (!reader) return refuseUnknown(place, name, { known, misnomers: {} });
    const value = reader(childOf(place, name, members[name] ?? null));
    return value === undefined ? undefined : ({ kind: name, value } as VariantOf<V>);
  };
}

/** The members of a map. Refuses anything else. */
export function membersOf(place: Place): JsonMap | undefined {
  const { value, reading } = place;
  if (isJsonMap(value)) return value;
  return reading.refuse(place, "type", `is ${valueText(value)}, not a map`);
}

/** The members of what may be a map, for a look ahead: anything else has none, without a finding. */
export function membersIn(value: Json | undefined): JsonMap {
  return isJsonMap(value) ? value : {};
}

export function ownMember(members: JsonMap, name: string): Json | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function refuseMissing(place: Place, name: string): false {
  place.reading.refuse(place, "required", `"${name}" is missing`);
  return false;
}

function refuseUnknown(
  place: Place,
  name: string,
  names: { readonly known: readonly string[]; readonly misnomers: Misnomers },
): undefined {
  const meant = names.misnomers[name] ?? nearestName(name, names.known);
  const hint =
    meant === undefined ? `there are ${names.known.join(", ")}` : `did you mean "${meant}"?`;
  const at = childOf(place, name, null);
  return place.reading.refuse(at, "unknown-property", `there is no property "${name}"; ${hint}`);
}
