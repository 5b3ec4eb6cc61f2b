import { type DescField, getOption, hasOption } from "@bufbuild/protobuf";
import {
  field as fieldRules,
  type FieldRules,
  oneof as oneofRules,
} from "../../contract/gen/buf/validate/validate_pb.ts";
import { references } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/field_pb.ts";
import { kindOf } from "../../contract/kinds.ts";

/** What the contract demands of a field, a sentence for each rule. */
export function rulesOfField(field: DescField): string[] {
  const rules = hasOption(field, fieldRules) ? getOption(field, fieldRules) : undefined;
  return [
    ...(isRequired(field) ? ["required"] : []),
    ...(hasOption(field, references)
      ? [`names a resource of kind ${kindOf(getOption(field, references)).info.name}`]
      : []),
    ...rivals(field),
    ...(rules ? typeRules(rules) : []),
  ];
}

export function isRequired(field: DescField): boolean {
  return hasOption(field, fieldRules) && getOption(field, fieldRules).required;
}

function rivals({ oneof, jsonName }: DescField): string[] {
  const others = oneof?.fields.filter((each) => each.jsonName !== jsonName) ?? [];
  if (!oneof || others.length === 0) return [];
  const names = others.map((each) => each.jsonName).join(", ");
  const isNeeded = hasOption(oneof, oneofRules) && getOption(oneof, oneofRules).required;
  return [isNeeded ? `either this or ${names}` : `not beside ${names}`];
}

function typeRules({ type }: FieldRules): string[] {
  switch (type.case) {
    case "string": {
      const { minLen, maxLen, maxBytes, pattern, in: allowed } = type.value;
      return [
        ...(minLen > 0n ? [`at least ${minLen} characters`] : []),
        ...(maxLen > 0n ? [`at most ${maxLen} characters`] : []),
        ...(maxBytes > 0n ? [`at most ${maxBytes} bytes`] : []),
        ...(pattern === "" ? [] : [`matches ${pattern}`]),
        ...(allowed.length === 0 ? [] : [`one of ${allowed.join(", ")}`]),
      ];
    }
    case "double":
    case "int32":
    case "int64": {
      const { greaterThan, lessThan } = type.value;
      const words = { gt: "more than", gte: "at least", lt: "less than", lte: "at most" } as const;
      return [greaterThan, lessThan].flatMap((bound) =>
        bound.case === undefined ? [] : [`${words[bound.case]} ${bound.value}`],
      );
    }
    case "repeated": {
      const { minItems, maxItems, unique } = type.value;
      return [
        ...(minItems > 0n ? [`at least ${minItems} items`] : []),
        ...(maxItems > 0n ? [`at most ${maxItems} items`] : []),
        ...(unique ? ["no item twice"] : []),
      ];
    }
    case "map":
      return [
        ...(type.value.maxPairs > 0n ? [`at most ${type.value.maxPairs} entries`] : []),
        ...keyRules(type.value.keys),
      ];
    default:
      return [];
  }
}

function keyRules(keys: FieldRules | undefined): string[] {
  return keys ? typeRules(keys).map((rule) => `each key ${rule}`) : [];
}
