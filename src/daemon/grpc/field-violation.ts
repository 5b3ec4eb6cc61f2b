import type { Path, ReflectList, ReflectMap, ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Violation } from "@bufbuild/protovalidate";
import type { FieldViolation } from "../../contract/errors.ts";

/** How much of a wrong value an error repeats, in characters. */
const shownValueLength = 100;

/** Where a request breaks which rule, with the value that does unless its field is `debug_redact`. */
export function describeViolation(root: ReflectMessage, violation: Violation): FieldViolation {
  const value = shownValue(root, violation);
  const found = value === undefined ? "" : ` (found ${value})`;
  return {
    field: fieldPath(violation.field) || root.desc.name,
    rule: violation.ruleId,
    message: `${ruleText(violation)}${found}`,
  };
}

function ruleText({ field, forKey, message, ruleId }: Violation): string {
  const last = field.at(-1);
  if (last?.kind === "oneof") {
    return `needs exactly one of ${last.fields.map(({ jsonName }) => jsonName).join(", ")}`;
  }
  const text = message === "" ? `breaks the rule ${ruleId}` : message;
  return forKey ? `the key ${text}` : text;
}

/** `spec.mcpServers[2].ref`, `metadata.labels["my team"]`: the names that people write in YAML. */
export function fieldPath(path: Path): string {
  return path.reduce((text, step) => {
    if (step.kind === "list_sub") return `${text}[${step.index}]`;
    if (step.kind === "map_sub") return `${text}[${JSON.stringify(String(step.key))}]`;
    if (step.kind === "oneof") return text;
    const name = step.kind === "field" ? step.jsonName : step.name;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** The value that breaks the rule, shortened; undefined when there is none or it is a secret. */
function shownValue(message: ReflectMessage, violation: Violation): string | undefined {
  const last = violation.field.at(-1);
  if (violation.forKey && last?.kind === "map_sub") return quoted(last.key);
  if (violation.field.some(isRedacted)) return undefined;
  return quoted(valueAt(message, violation.field));
}

function isRedacted(step: Path[number]): boolean {
  return step.kind === "field" && step.proto.options?.debugRedact === true;
}

/** Follows a path into plain values; undefined where it leads to nothing. */
function valueAt(root: ReflectMessage, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (step.kind === "list_sub") return (value as ReflectList).get(step.index);
    if (step.kind === "map_sub") return (value as ReflectMap).get(step.key);
    const isSet = step.kind === "field" && (value as ReflectMessage).isSet(step);
    return isSet ? (value as ReflectMessage).get(step) : undefined;
  }, root);
}

/** Only what is short by nature: of a message, list or map the path alone says enough. */
function quoted(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value !== "string" || value === "") return undefined;
  const short = value.length > shownValueLength ? `${value.slice(0, shownValueLength)}…` : value;
  return JSON.stringify(short.toWellFormed());
}
