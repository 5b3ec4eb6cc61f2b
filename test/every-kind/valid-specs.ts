import { ListValueSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  getOption,
  hasOption,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import * as fc from "fast-check";
import {
  field as fieldRules,
  type FieldRules,
  Ignore,
  oneof as oneofRules,
} from "../../src/contract/gen/buf/validate/validate_pb.ts";
import { references } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/field_pb.ts";
import type { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../../src/contract/kinds.ts";
import { definitionParts } from "../support/workflow-definitions.ts";

/** What a reference of each kind may name. */
export type Existing = ReadonlyMap<ApiResourceKind, string>;

/** Rules of ours that the contract cannot express: which model there is, no server twice. */
const ownRules: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  model: fc.constantFrom("", "script/echo", "an-alias"),
  fallback_models: fc.subarray(["script/auto", "openai/some-model"]),
  cron: fc.constantFrom("0 7 * * 1-5", "*/15 * * * *", "30 2 29 2 *"),
  files: skillFiles(),
  "SkillSpec.description": fc.constant("A sample."),
  output_schema: fc.constantFrom({}, { type: "object", properties: { a: { type: "string" } } }),
  "WorkflowSpec.document": definitionParts.document,
  "WorkflowSpec.input": definitionParts.input,
  "WorkflowSpec.use": definitionParts.use,
  "WorkflowSpec.do": definitionParts.do.map((value) =>
    fromJson(ListValueSchema, value as JsonValue),
  ),
  "WorkflowSpec.timeout": definitionParts.timeout.map((value) =>
    fromJson(ValueSchema, value as JsonValue),
  ),
  "WorkflowSpec.output": definitionParts.output,
  "WorkflowSpec.schedule": definitionParts.schedule,
  "WorkflowSpec.evaluate": definitionParts.evaluate,
  every: fc.constantFrom("15m", "1h30m", "7d"),
  after: fc.constantFrom("15m", "1h30m", "7d"),
  "ScheduledAgent.session": fc.constant(""),
  time_zone: fc.constantFrom("", "UTC", "Europe/Berlin", "America/St_Johns"),
};
/** What the daemon fills in, and would add to a message without it. */
const filledIn = new Set(["SkillSpec.description"]);
const longest: Readonly<Record<string, number>> = { mcp_servers: 1 };

/** JSON that a double and proto3 JSON carry unchanged. */
const json = fc
  .jsonValue({ maxDepth: 3, noUnicodeString: false })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll("-0,", "0,")) as JsonValue);
const jsonObject = fc.dictionary(fc.string({ maxLength: 8 }), json, {
  maxKeys: 3,
  noNullPrototype: true,
});

/** Messages that stand for any JSON. */
const freeValues: Readonly<Record<string, fc.Arbitrary<object>>> = {
  "google.protobuf.Struct": jsonObject,
  "google.protobuf.Value": json.map((value) => fromJson(ValueSchema, value)),
  "google.protobuf.ListValue": fc
    .array(jsonObject, { maxLength: 3 })
    .map((value) => fromJson(ListValueSchema, value as JsonValue)),
};

const defaultLength = 3;
const shortText = fc.string({ unit: "grapheme", maxLength: 12 });

/** Specs of a kind that keep every rule of the contract, made from its descriptors. */
export function validSpecs(
  kind: Kind,
  existing: Existing,
  texts: fc.Arbitrary<string> = shortText,
): fc.Arbitrary<object> {
  const spec = kind.message.field["spec"];
  if (spec?.fieldKind !== "message") throw new Error(`${kind.info.name} has no spec`);
  return new SpecGenerator(existing, texts).message(spec.message);
}

/** A SKILL.md and, behind it, files of different names in their order. */
function skillFiles(): fc.Arbitrary<object[]> {
  const body = fc.string({ maxLength: 12 });
  const content = fc.oneof(
    body.map((value) => ({ case: "text", value })),
    fc.uint8Array({ maxLength: 12 }).map((value) => ({ case: "data", value })),
  );
  const file = fc.record({ content, executable: fc.boolean() });
  return fc
    .tuple(body, fc.array(file, { maxLength: 2 }))
    .map(([said, others]) => [
      { path: "SKILL.md", content: { case: "text", value: skillText(said) } },
      ...others.map((other, index) => ({ ...other, path: `files/${index}.txt` })),
    ]);
}

/** A SKILL.md in the open format. */
export function skillText(body: string, description = "A sample."): string {
  return `---\nname: sample\ndescription: ${description}\n---\n${body}`;
}

class SpecGenerator {
  readonly #existing: Existing;
  readonly #texts: fc.Arbitrary<string>;

  constructor(existing: Existing, texts: fc.Arbitrary<string>) {
    this.#existing = existing;
    this.#texts = texts;
  }

  message(descriptor: DescMessage): fc.Arbitrary<object> {
    const free = freeValues[descriptor.typeName];
    if (free) return free;
    const members = descriptor.members.map((member) =>
      member.kind === "oneof" ? this.#oneof(member) : this.#member(member),
    );
    return fc.tuple(...members).map((parts) => Object.assign({}, ...parts) as object);
  }

  #oneof(group: DescOneof): fc.Arbitrary<object> {
    const choices = group.fields.map((member) =>
      this.#value(member).map((value) => ({
        [group.localName]: { case: member.localName, value },
      })),
    );
    const isRequired = hasOption(group, oneofRules) && getOption(group, oneofRules).required;
    return isRequired ? fc.oneof(...choices) : fc.oneof(fc.constant({}), ...choices);
  }

  #member(member: DescField): fc.Arbitrary<object> {
    const value = this.#value(member).map((one) => ({ [member.localName]: one }));
    const isSet = mustBeSet(rulesOf(member)) || filledIn.has(fullNameOf(member));
    return isSet ? value : fc.oneof(fc.constant({}), value);
  }

  #value(member: DescField): fc.Arbitrary<unknown> {
    const own = ownRules[fullNameOf(member)] ?? ownRules[member.name];
    if (own) return own;
    if (hasOption(member, references)) return this.#reference(member);
    const rules = rulesOf(member);
    switch (member.fieldKind) {
      case "scalar":
        return this.#scalar(member.scalar, rules);
      case "enum":
        return enumeration(member.enum);
      case "message":
        return this.message(member.message);
      case "list":
        return this.#list(member, rules);
      case "map":
        return this.#map(member, rules);
    }
  }

  #reference(member: DescField): fc.Arbitrary<unknown> {
    const name = this.#existing.get(getOption(member, references));
    if (name === undefined) throw new Error(`nothing for ${member.name} to refer to`);
    return member.fieldKind === "list" ? fc.subarray([name]) : fc.constant(name);
  }

  #list(
    member: DescField & { fieldKind: "list" },
    rules: FieldRules | undefined,
  ): fc.Arbitrary<unknown[]> {
    const { items, minItems = 0n } = rules?.type.case === "repeated" ? rules.type.value : {};
    const item =
      member.listKind === "message"
        ? this.message(member.message)
        : member.listKind === "enum"
          ? enumeration(member.enum)
          : this.#scalar(member.scalar, items);
    return fc.uniqueArray(item, {
      minLength: Number(minItems),
      maxLength: longest[member.name] ?? defaultLength,
      selector: (value) => JSON.stringify(value),
    });
  }

  #map(
    member: DescField & { fieldKind: "map" },
    rules: FieldRules | undefined,
  ): fc.Arbitrary<unknown> {
    const { keys, values } =
      rules?.type.case === "map" ? rules.type.value : { keys: undefined, values: undefined };
    const key = this.#scalar(member.mapKey, keys) as fc.Arbitrary<string>;
    const value =
      member.mapKind === "message"
        ? this.message(member.message)
        : this.#scalar(ScalarType.STRING, values);
    return fc.dictionary(key, value, { maxKeys: defaultLength });
  }

  #scalar(type: ScalarType, rules: FieldRules | undefined): fc.Arbitrary<unknown> {
    switch (type) {
      case ScalarType.STRING:
        return this.#text(rules);
      case ScalarType.BYTES:
        return fc.uint8Array({ maxLength: 12 });
      case ScalarType.BOOL:
        return fc.boolean();
      case ScalarType.DOUBLE:
        return number(rules, (min, max) => fc.double({ min, max, noNaN: true }));
      case ScalarType.INT32:
        return number(rules, (min, max) => fc.integer({ min, max }));
      default:
        throw new Error(`no values for scalars of type ${ScalarType[type]}`);
    }
  }

  #text(rules: FieldRules | undefined): fc.Arbitrary<string> {
    const {
      pattern = "",
      minLen = 0n,
      in: allowed = [],
    } = rules?.type.case === "string" ? rules.type.value : {};
    if (allowed.length > 0) return fc.constantFrom(...allowed);
    if (pattern !== "") return fc.stringMatching(new RegExp(pattern), { size: "small" });
    const least = rules?.required === true ? 1n : minLen;
    return this.#texts.filter((value) => value.length >= least);
  }
}

function number(
  rules: FieldRules | undefined,
  between: (min: number, max: number) => fc.Arbitrary<number>,
): fc.Arbitrary<number> {
  const type = rules?.type;
  if (type?.case !== "int32" && type?.case !== "double") return between(0, 1_000);
  const { greaterThan, lessThan } = type.value;
  const min = greaterThan.value ?? -1_000;
  const max = lessThan.value ?? 1_000;
  return between(min, max).filter(
    (value) =>
      (greaterThan.case !== "gt" || value > min) && (lessThan.case !== "lt" || value < max),
  );
}

function enumeration(descriptor: DescEnum): fc.Arbitrary<number> {
  return fc.constantFrom(...descriptor.values.map((value) => value.number));
}

/** An absent string is an empty one, which a pattern may refuse. */
function mustBeSet(rules: FieldRules | undefined): boolean {
  if (rules?.required === true) return true;
  if (rules?.type.case === "repeated") return rules.type.value.minItems > 0n;
  if (rules?.type.case !== "string" || rules.ignore === Ignore.IF_ZERO_VALUE) return false;
  return !new RegExp(rules.type.value.pattern).test("");
}

function fullNameOf(member: DescField): string {
  return `${member.parent.name}.${member.name}`;
}

function rulesOf(member: DescField): FieldRules | undefined {
  return hasOption(member, fieldRules) ? getOption(member, fieldRules) : undefined;
}
