import type { Json } from "../../../contract/json.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { endpointText } from "../calls/endpoint-uri.ts";
import type { DirectCall, DirectProcess } from "../workflow-host.ts";

/** What a call would send, with its templates evaluated; without how it signs in. */
export function sentByCall(call: DirectCall, scope: EvaluationScope): Json {
  if (call.kind !== "http") return evaluated(call.with, scope) as Json;
  const { endpoint, ...others } = call.with;
  const url = endpointText(endpoint.uri, scope);
  return evaluated({ ...others, endpoint: url }, scope) as Json;
}

/** What would be run. */
export function sentByProcess(process: DirectProcess, scope: EvaluationScope): Json {
  const { kind: _, options, ...others } = process;
  return evaluated({ ...others, ...options }, scope) as Json;
}

/** A part of a definition as JSON: templates by what they give, what is absent left out. */
function evaluated(part: unknown, scope: EvaluationScope): Json | undefined {
  if (isTemplate(part)) return evaluateTemplate(part, scope);
  if (part instanceof Map) return evaluated(Object.fromEntries(part), scope);
  if (Array.isArray(part)) return part.map((item) => evaluated(item, scope) ?? null);
  if (typeof part !== "object" || part === null) return part as Json | undefined;
  const members = Object.entries(part).flatMap(([name, member]) => {
    const value = name === "authentication" ? undefined : evaluated(member, scope);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}

const content: Readonly<Record<Template["kind"], string>> = {
  constant: "value",
  expression: "expression",
  text: "parts",
  list: "items",
  map: "members",
};

function isTemplate(part: unknown): part is Template {
  if (typeof part !== "object" || part === null || !("kind" in part)) return false;
  const { kind } = part;
  return typeof kind === "string" && Object.hasOwn(content, kind)
    ? Object.hasOwn(part, content[kind as Template["kind"]])
    : false;
}
