import { StigmerError } from "../contract/errors.ts";
import type { SqlValue } from "./connection.ts";

export type LabelRequirement =
  | { readonly kind: "equals"; readonly key: string; readonly value: string }
  /** Also true where the label is missing. */
  | { readonly kind: "differs"; readonly key: string; readonly value: string }
  | { readonly kind: "exists"; readonly key: string }
  | { readonly kind: "missing"; readonly key: string };

const requirementPattern =
  /^(?<not>!?)(?<key>[^\s!=,]+)(?:\s*(?<operator>!=|==?)\s*(?<value>[^\s!=,]*))?$/;

/** `k=v,k2!=v,k3,!k4`: all must hold. An empty text selects everything. Throws `invalid-argument`. */
export function parseLabelSelector(text: string): LabelRequirement[] {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => parseRequirement(part.trim(), text));
}

function parseRequirement(part: string, selector: string): LabelRequirement {
  const { not, key, operator, value } = requirementPattern.exec(part)?.groups ?? {};
  if (key === undefined || (not === "!" && operator !== undefined)) {
    throw new StigmerError(
      "invalid-argument",
      `label selector "${selector}": cannot read "${part}"`,
      {
        hint: "write requirements as k=v, k!=v, k or !k, separated by commas",
      },
    );
  }
  if (operator === undefined) return { kind: not === "!" ? "missing" : "exists", key };
  return { kind: operator === "!=" ? "differs" : "equals", key, value: value ?? "" };
}

export interface SqlCondition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, SqlValue>>;
}

/** The requirement as a condition on the row `resource`; `index` keeps its parameters apart. */
export function labelCondition(requirement: LabelRequirement, index: number): SqlCondition {
  const hasValue = requirement.kind === "equals" || requirement.kind === "differs";
  const label = `exists (select 1 from label where resource_id = resource.id
    and key = $labelKey${index}${hasValue ? ` and value = $labelValue${index}` : ""})`;
  const negated = requirement.kind === "differs" || requirement.kind === "missing";
  return {
    sql: negated ? `not ${label}` : label,
    parameters: {
      [`labelKey${index}`]: requirement.key,
      ...(hasValue && { [`labelValue${index}`]: requirement.value }),
    },
  };
}
